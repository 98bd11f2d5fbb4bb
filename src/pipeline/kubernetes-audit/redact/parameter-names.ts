import { viewOf } from '../../../go/json/path-tree.js';
import { StringTable } from '../../../go/json/string-table.js';
import { isSecretParameter, type UriRules } from './redact-uri.js';

const maxRemembered = 1000;
const question = 0x3f;
const ampersand = 0x26;
const semicolon = 0x3b;
const equals = 0x3d;
const backslash = 0x5c;
/** `&`, as the API server writes it. */
const escapedAmpersand = Buffer.from('\\u0026');

/** Looks at the names of a URL's parameters as they stand in the line, without making a string of the URL. Names repeat. */
export class ParameterNames {
  readonly #rules: UriRules;
  readonly #strings = new StringTable();
  readonly #known = new Map<string, boolean>();
  #bytes: Buffer = Buffer.alloc(0);
  #view = viewOf(this.#bytes);

  constructor(rules: UriRules) {
    this.#rules = rules;
  }

  /** Whether any parameter of the URL between `start` and `end` has a secret name, or a name that only decoding would show. */
  mayHoldSecret(bytes: Buffer, start: number, end: number): boolean {
    if (!this.#rules.urls && !this.#rules.exec_commands) return false;
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#view = viewOf(bytes);
    }
    let at = start;
    while (at < end && bytes[at] !== question) at++;
    if (at === end) return false;
    let name = at + 1;
    for (at = name; at < end; at++) {
      const byte = bytes[at]!;
      if (byte === equals && name >= 0) {
        if (this.#isSecret(name, at)) return true;
        name = -1;
      } else if (byte === ampersand || byte === semicolon || byte === question) {
        name = at + 1;
      } else if (byte === backslash) {
        const after = at + escapedAmpersand.length;
        if (after > end || bytes.compare(escapedAmpersand, 0, undefined, at, after) !== 0) return true;
        name = after;
        at = after - 1;
      }
    }
    return false;
  }

  #isSecret(start: number, end: number): boolean {
    const name = this.#strings.get(this.#bytes, this.#view, start, end);
    if (name === undefined) return true;
    let isSecret = this.#known.get(name);
    if (isSecret === undefined) {
      isSecret = isSecretParameter(name, this.#rules);
      if (this.#known.size === maxRemembered) this.#known.clear();
      this.#known.set(name, isSecret);
    }
    return isSecret;
  }
}
