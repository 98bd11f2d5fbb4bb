import { Buffer } from 'node:buffer';

const newline = 0x0a;

/** Collects a part of a body out of the chunks it comes in, in memory that is used again for the next part. */
export class Part {
  #bytes = Buffer.alloc(64 * 1024);
  #length = 0;

  get isEmpty(): boolean {
    return this.#length === 0;
  }

  add(chunk: Buffer, from: number, to: number): void {
    const length = this.#length + to - from;
    // One more for the newline.
    if (length >= this.#bytes.length) {
      const grown = Buffer.alloc(2 * length);
      this.#bytes.copy(grown, 0, 0, this.#length);
      this.#bytes = grown;
    }
    chunk.copy(this.#bytes, this.#length, from, to);
    this.#length = length;
  }

  /** The part, with a newline behind it; valid until the next is begun. */
  take(): { readonly bytes: Buffer; readonly end: number } {
    const end = this.#length;
    this.#bytes[end] = newline;
    this.#length = 0;
    return { bytes: this.#bytes, end };
  }
}
