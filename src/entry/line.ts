import { Buffer } from 'node:buffer';
import { decodeText, textByteLength, writeText } from './text.js';

/**
 * The text of an entry: bytes of the chunk it was read in, or a string once a stage asked for it or made it. A line that
 * no stage looks at is never decoded. The chunk's bytes are valid until the entry's `push` returns; who holds an entry
 * longer calls `keep` first.
 */
export class Line {
  #bytes: Buffer | undefined;
  #start: number;
  #end: number;
  #text: string | undefined;

  private constructor(bytes: Buffer | undefined, start: number, end: number, text: string | undefined) {
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
    this.#text = text;
  }

  static ofBytes(bytes: Buffer, start = 0, end = bytes.length): Line {
    return new Line(bytes, start, end, undefined);
  }

  static ofText(text: string): Line {
    return new Line(undefined, 0, 0, text);
  }

  /** The line as text (see text.ts for bytes that are not valid UTF-8); decoded once. */
  get text(): string {
    this.#text ??= decodeText(this.#bytes!, this.#start, this.#end);
    return this.#text;
  }

  /** The line's bytes with where they start and end in `bytes`; undefined for a line that was made as text. */
  get bytes(): Buffer | undefined {
    return this.#bytes;
  }

  get start(): number {
    return this.#start;
  }

  get end(): number {
    return this.#end;
  }

  get byteLength(): number {
    return this.#bytes === undefined ? textByteLength(this.#text!) : this.#end - this.#start;
  }

  /** Writes the line's bytes at `at` and returns the end. The caller has made room. */
  writeTo(target: Buffer, at: number): number {
    if (this.#bytes === undefined) return writeText(this.#text!, target, at);
    return at + this.#bytes.copy(target, at, this.#start, this.#end);
  }

  /** Takes the bytes out of the chunk, so that the line outlives it. */
  keep(): void {
    if (this.#bytes === undefined) return;
    this.#bytes = Buffer.from(this.#bytes.subarray(this.#start, this.#end));
    this.#end -= this.#start;
    this.#start = 0;
  }
}
