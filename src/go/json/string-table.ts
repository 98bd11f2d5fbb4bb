import { copyBytes, equalBytes, hashAscii } from './words.js';

/**
 * Makes strings of ASCII bytes, and the same string again for the same bytes: verbs, users and resources repeat
 * from line to line. A string found costs 25 ns, one decoded 85 ns and garbage; and the hash of a found one is known
 * already when it is looked up as a label value. A new string takes the place of an old one, so the table never grows.
 */
export class StringTable {
  readonly #held = new DataView(new ArrayBuffer(slots * maxLength));
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
    copyBytes(view, start, this.#held, offset, length);
    this.#lengths[slot] = length;
    this.#strings[slot] = text;
    return text;
  }
}

const slots = 2048;
/** From the 31 bits of a hash to the 11 of a slot. */
const slotShift = 20;
const maxLength = 64;
