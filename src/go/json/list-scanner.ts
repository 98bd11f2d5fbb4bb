import type { Buffer } from 'node:buffer';

/** What a list's items are handed to, in the order they arrive. */
export interface ItemTaker {
  /** The next bytes of an item, blanks around it included; valid until `push` returns. */
  onPiece(chunk: Buffer, from: number, to: number): void;
  /** What has come since the last end is an item; nothing or blanks alone are none. */
  onItemEnd(): void;
}

const quote = 0x22;
const comma = 0x2c;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** Of the list, and of the array of its items. */
const itemsDepth = 2;

/**
 * Takes a Kubernetes list apart while it arrives: `{…,"items":[…],…}`. It looks at brackets and strings only: what stands between two commas
 * is an item, be it JSON or not, and one that is wrong costs its neighbours nothing.
 */
export class ListScanner {
  readonly #taker: ItemTaker;
  #frame = '';
  #depth = 0;
  #isInString = false;
  #isEscaped = false;
  #isInItems = false;

  constructor(taker: ItemTaker) {
    this.#taker = taker;
  }

  /** The list without its items, as far as it has come; a character for each byte. */
  get frame(): string {
    return this.#frame;
  }

  /** The items have begun, and not ended. */
  get isInItems(): boolean {
    return this.#isInItems;
  }

  push(chunk: Buffer): void {
    /** Where in this chunk begins what is not handed on yet: of an item, or of the frame. */
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
        this.#depth++;
        if (this.#depth !== itemsDepth || byte !== openBracket) continue;
        this.#addFrame(chunk, from, at + 1);
        from = at + 1;
        this.#isInItems = /"items"\s*:\s*\[$/.test(this.#frame);
      } else if (this.#isInItems && this.#depth === itemsDepth) {
        if (byte !== comma && byte !== closeBracket) continue;
        if (from < at) this.#taker.onPiece(chunk, from, at);
        this.#taker.onItemEnd();
        from = at + 1;
        if (byte === comma) continue;
        this.#isInItems = false;
        this.#depth--;
        from = at;
      } else if (byte === closeBrace || byte === closeBracket) {
        this.#depth--;
      }
    }
    if (!this.#isInItems) this.#addFrame(chunk, from, chunk.length);
    else if (from < chunk.length) this.#taker.onPiece(chunk, from, chunk.length);
  }

  #addFrame(chunk: Buffer, from: number, to: number): void {
    this.#frame += chunk.toString('latin1', from, to);
  }
}
