import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ConfigError } from '../../../fields/problems.js';
import type { OnRedacted } from './redaction.js';

const maxRemembered = 10_000;
/** Clients choose all addresses but the last. */
const maxRememberedLength = 256;

/** Puts a keyed hash in place of people's names, e-mail and IP addresses: the same for the same, so that they can still be counted. */
export class Pseudonyms {
  readonly #key: Buffer;
  readonly #known = new Map<string, string>();

  constructor(key: Buffer) {
    this.#key = key;
  }

  static fromFile(path: string): Pseudonyms {
    let key: Buffer;
    try {
      key = readFileSync(path);
    } catch (error) {
      throw new ConfigError(`kubernetes_audit stage: cannot read ${path}: ${(error as Error).message}`, {
        cause: error,
      });
    }
    const end = key.toString('latin1').trimEnd().length;
    if (end < 16)
      throw new ConfigError(`kubernetes_audit stage: the key in ${path} is shorter than 16 bytes`);
    return new Pseudonyms(key.subarray(0, end));
  }

  /** What a name or an address becomes. Kubernetes' own users are nobody's names, and stay. */
  of(name: string): string {
    if (name === '' || name.startsWith('system:')) return name;
    let pseudonym = this.#known.get(name);
    if (pseudonym === undefined) {
      pseudonym = `hmac:${createHmac('sha256', this.#key).update(name).digest('hex').slice(0, 24)}`;
      if (this.#known.size === maxRemembered) this.#known.clear();
      if (name.length <= maxRememberedLength) this.#known.set(name, pseudonym);
    }
    return pseudonym;
  }

  /** The text with `names` where they stand as words, and all e-mail addresses, replaced. */
  replaceIn(text: string, names: readonly string[], onRedacted: OnRedacted): string {
    let clean = text;
    for (const name of names) clean = this.#replaceName(clean, name, onRedacted);
    return clean.includes('@')
      ? clean.replace(addressLike, (run) => {
          if (!mailAddress.test(run)) return run;
          onRedacted('identity');
          return this.of(run);
        })
      : clean;
  }

  #replaceName(text: string, name: string, onRedacted: OnRedacted): string {
    if (!text.includes(name)) return text;
    let clean = '';
    let at = 0;
    for (let found = text.indexOf(name); found >= 0; found = text.indexOf(name, at)) {
      const end = found + name.length;
      const isWord = !isNamePart(text[found - 1]) && !isNamePart(text[end]);
      if (isWord) onRedacted('identity');
      clean += text.slice(at, found) + (isWord ? this.of(name) : name);
      at = end;
    }
    return clean + text.slice(at);
  }
}

const addressLike = /[\w.+%@-]+/g;
const mailAddress = /^[^@]+@[^@]+\.[^@]+$/;

function isNamePart(character: string | undefined): boolean {
  return character !== undefined && /[\w@-]/.test(character);
}
