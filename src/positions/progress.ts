import { Ack } from '../entry/ack.js';

interface Chunk {
  readonly end: number;
  isSettled: boolean;
}

/**
 * How far a file is settled. Chunks are read in order and may settle in any order; the offset that is safe to save is the end of
 * the last one before the first that is not settled.
 */
export class FileProgress {
  #settledTo: number;
  #readTo: number;
  /** Chunks in the order they were read; the first is not settled. */
  readonly #open: Chunk[] = [];

  constructor(offset: number) {
    this.#settledTo = offset;
    this.#readTo = offset;
  }

  /** Everything before this offset is settled. */
  get settledTo(): number {
    return this.#settledTo;
  }

  /** The end of the last chunk. */
  get readTo(): number {
    return this.#readTo;
  }

  get isSettled(): boolean {
    return this.#open.length === 0;
  }

  /** Notes the chunk from the end of the last one to `end`; its ack is for this many lines. */
  read(end: number, lines: number): Ack {
    const chunk: Chunk = { end, isSettled: lines === 0 };
    this.#readTo = end;
    this.#open.push(chunk);
    if (lines === 0) this.#advance();
    return new Ack(lines, () => {
      chunk.isSettled = true;
      this.#advance();
    });
  }

  #advance(): void {
    let count = 0;
    while (this.#open[count]?.isSettled) count++;
    if (count === 0) return;
    this.#settledTo = this.#open[count - 1]!.end;
    this.#open.splice(0, count);
  }
}
