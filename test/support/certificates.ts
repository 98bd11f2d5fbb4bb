import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIPv4 } from 'node:net';

/** A certificate and its key, both PEM: what node:tls takes. */
export interface Credentials {
  cert: string;
  key: string;
}

const day = 86_400_000;

/** A certificate authority made for one test, so that no key lies in the repository and none of it ever expires. */
export class Authority {
  /** What a peer has to trust. */
  readonly cert: string;
  readonly #name: string;
  readonly #key: KeyObject;

  constructor(name = 'test authority') {
    this.#name = name;
    this.#key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    this.cert = this.#certify(name, createPublicKey(this.#key), Date.now() + day, [
      extension('2.5.29.19', true, sequence(boolean(true))),
    ]);
  }

  /** A certificate for these hosts, or for a client, which has none. */
  issue({
    name = 'test peer',
    hosts = ['127.0.0.1', 'localhost'],
    expiresMs = Date.now() + day,
  }: {
    name?: string;
    hosts?: string[];
    expiresMs?: number;
  } = {}): Credentials {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const names = hosts.map((host) =>
      isIPv4(host) ? tagged(0x87, Buffer.from(host.split('.').map(Number))) : tagged(0x82, Buffer.from(host)),
    );
    const extensions = hosts.length === 0 ? [] : [extension('2.5.29.17', false, sequence(...names))];
    return {
      cert: this.#certify(name, publicKey, expiresMs, extensions),
      key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    };
  }

  #certify(subject: string, key: KeyObject, expiresMs: number, extensions: Buffer[]): string {
    const body = sequence(
      tagged(0xa0, integer(Buffer.from([2]))),
      integer(Buffer.from([1, ...randomBytes(8)])),
      ecdsaWithSha256,
      distinguishedName(this.#name),
      sequence(time(Math.min(expiresMs, Date.now()) - day), time(expiresMs)),
      distinguishedName(subject),
      key.export({ type: 'spki', format: 'der' }) as Buffer,
      ...(extensions.length === 0 ? [] : [tagged(0xa3, sequence(...extensions))]),
    );
    const certificate = sequence(body, ecdsaWithSha256, bits(sign('sha256', body, this.#key)));
    const lines = certificate.toString('base64').match(/.{1,64}/g)!;
    return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
  }
}

// The few forms of DER that a certificate is made of.

function tagged(tag: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const length =
    body.length < 128
      ? [body.length]
      : body.length < 256
        ? [0x81, body.length]
        : [0x82, body.length >> 8, body.length & 255];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}

function sequence(...parts: Buffer[]): Buffer {
  return tagged(0x30, ...parts);
}

function integer(bytes: Buffer): Buffer {
  return tagged(0x02, bytes);
}

function boolean(value: boolean): Buffer {
  return tagged(0x01, Buffer.from([value ? 0xff : 0]));
}

function bits(bytes: Buffer): Buffer {
  return tagged(0x03, Buffer.from([0]), bytes);
}

function oid(dotted: string): Buffer {
  const [first, second, ...rest] = dotted.split('.').map(Number);
  const bytes = [first! * 40 + second!];
  for (const arc of rest) {
    const digits = [arc & 127];
    for (let high = arc >> 7; high > 0; high >>= 7) digits.unshift((high & 127) | 128);
    bytes.push(...digits);
  }
  return tagged(0x06, Buffer.from(bytes));
}

function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replace(/\D/g, '').slice(2, 14);
  return tagged(0x17, Buffer.from(`${digits}Z`));
}

function distinguishedName(commonName: string): Buffer {
  return sequence(tagged(0x31, sequence(oid('2.5.4.3'), tagged(0x0c, Buffer.from(commonName)))));
}

function extension(id: string, isCritical: boolean, value: Buffer): Buffer {
  return sequence(oid(id), ...(isCritical ? [boolean(true)] : []), tagged(0x04, value));
}

const ecdsaWithSha256 = sequence(oid('1.2.840.10045.4.3.2'));
