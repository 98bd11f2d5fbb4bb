import { GoObject, type Value } from '../values.js';

/** A certificate and its key, both PEM, as the gen… functions make them. */
export class Certificate extends GoObject {
  readonly typeName = 'sprig.certificate';
  readonly kind = 'struct';
  readonly cert: string;
  readonly key: string;

  constructor(cert: string, key: string) {
    super();
    this.cert = cert;
    this.key = key;
  }

  override field(name: string): Value {
    if (name === 'Cert') return this.cert;
    return name === 'Key' ? this.key : undefined;
  }

  override toString(): string {
    return `{${this.cert} ${this.key}}`;
  }
}
