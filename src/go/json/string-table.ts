import { copyBytes, equalBytes, hashAscii } from './words.js';

/**
 * Makes strings of ASCII bytes, and the same string again for the same bytes: verbs, users and resources repeat
 * from line to line. A string found costs 25 ns, one decoded 85 ns and garbage; and the hash of a found one is known
 * already when it is looked up as a label value. A string is kept when it comes a second time, in place of another: so the
 * table never grows, and times and ids, which do not come again, push nothing out.
 */
export class StringTable {
  readonly #held = new DataView(new ArrayBuffer(slots * maxLength));
  readonly #seen = new Int32Array(slots);
  readonly #lengths = new Uint8Array(slots);
  readonly #strings = new Array<string>(slots).fill('');

  /** The text of `bytes` from `start` to `end`, which `view` shows too; undefined if it is not all ASCII. */
  get(bytes: Buffer, view: DataView, start: number, end: number): string | undefined {
    const hash = hashAscii(view, start, end);
    if (hash < 0) return undefined;
    const length = end - start;
    if (length > maxLength) return bytes.toString('latin1', start, end);
    const slot = hash >>> slotShift;
    const offset = slot * maxLength;
    if (this.#lengths[slot] === length && equalBytes(this.#held, offset, view, start, length)) {
      return this.#strings[slot];
    }
    const text = bytes.toString('latin1', start, end);
    if (this.#seen[slot] !== hash) {
      this.#seen[slot] = hash;
      return text;
    }
    copyBytes(view, start, this.#held, offset, length);
    this.#lengths[slot] = length;
    this.#strings[slot] = text;
    return text;
  }
}

const slots = 1024;
/** From the 31 bits of a hash to the 10 of a slot. */
const slotShift = 21;
const maxLength = 64;
