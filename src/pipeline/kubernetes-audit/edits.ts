import { Buffer } from 'node:buffer';
import { encodeText } from '../../entry/text.js';

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: Buffer;
}

/** What is to be put in place of parts of a line. Parts do not overlap. */
export class Edits {
  #edits: Edit[] = [];
  #isSorted = true;

  clear(): void {
    if (this.#edits.length > 0) this.#edits = [];
  }

  get isEmpty(): boolean {
    return this.#edits.length === 0;
  }

  replace(start: number, end: number, text: string): void {
    this.#edits.push({ start, end, text: encodeText(text) });
    this.#isSorted = false;
  }

  /** How many bytes the part becomes. */
  sizeOf(start: number, end: number): number {
    let size = end - start;
    for (const edit of this.#within(start, end)) size += edit.text.length - (edit.end - edit.start);
    return size;
  }

  /** The part with what is to be put in its place. */
  apply(bytes: Buffer, start: number, end: number): Buffer {
    const parts: Buffer[] = [];
    let at = start;
    for (const edit of this.#within(start, end)) {
      parts.push(bytes.subarray(at, edit.start), edit.text);
      at = edit.end;
    }
    parts.push(bytes.subarray(at, end));
    return Buffer.concat(parts);
  }

  #within(start: number, end: number): Edit[] {
    if (!this.#isSorted) this.#edits.sort((a, b) => a.start - b.start);
    this.#isSorted = true;
    return this.#edits.filter((edit) => edit.start >= start && edit.end <= end);
  }
}
