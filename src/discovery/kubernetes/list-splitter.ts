import { Part } from './part.js';

const quote = 0x22;
const backslash = 0x5c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/**
 * Takes a list apart while it arrives. An API server may answer with all of ten thousand pods at once, a hundred megabytes of text;
 * here only one object of it is in memory at a time.
 */
export class ListSplitter {
  /** Is given each item, with a newline behind it, before the next one is looked at. */
  readonly #onItem: (bytes: Buffer, end: number) => void;
  readonly #item = new Part();
  /** The list without its items. */
  #frame = '';
  #depth = 0;
  #isInString = false;
  #isEscaped = false;
  #isInItems = false;

  constructor(onItem: (bytes: Buffer, end: number) => void) {
    this.#onItem = onItem;
  }

  push(chunk: Buffer): void {
    /** Where in this chunk the part begins that is not handed on yet: of an item, or of the frame. */
    let from = 0;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at]!;
      if (this.#isInString) {
        if (this.#isEscaped) this.#isEscaped = false;
        else if (byte === backslash) this.#isEscaped = true;
        else if (byte === quote) this.#isInString = false;
      } else if (byte === quote) {
        this.#isInString = true;
      } else if (byte === openBrace || byte === openBracket) {
        if (this.#isInItems && this.#depth === 2) from = at;
        this.#depth++;
        if (this.#depth === 2 && byte === openBracket) {
          this.#frame += chunk.toString('utf8', from, at + 1);
          from = at + 1;
          this.#isInItems = /"items"\s*:\s*\[$/.test(this.#frame);
        }
      } else if (byte === closeBrace || byte === closeBracket) {
        this.#depth--;
        if (this.#isInItems && this.#depth === 2) {
          this.#item.add(chunk, from, at + 1);
          const { bytes, end } = this.#item.take();
          this.#onItem(bytes, end);
          from = at + 1;
        } else if (this.#isInItems && this.#depth === 1) {
          this.#isInItems = false;
          from = at;
        }
      }
    }
    if (!this.#isInItems) this.#frame += chunk.toString('utf8', from);
    else if (this.#depth > 2) this.#item.add(chunk, from, chunk.length);
  }

  /** The list itself, without its items. Throws a SyntaxError when it has not arrived whole. */
  end(): unknown {
    return JSON.parse(this.#frame);
  }
}
