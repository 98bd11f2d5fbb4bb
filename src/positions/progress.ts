import { Ack } from '../entry/ack.js';

/** Lines read in one go. Their ack is there before they are counted. */
export interface Chunk {
  readonly ack: Ack;
  /** All lines up to `end` are read. */
  reach(end: number): void;
  /** There are so many lines in it: from now on, having reached its end, it can be settled. */
  count(lines: number): void;
  /** Both. */
  close(end: number, lines: number): void;
}

/** Stands for the lines of a chunk as long as nobody knows how many there are: more than any has. */
const uncounted = 2 ** 40;

interface OpenChunk {
  end: number;
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
  readonly #open: OpenChunk[] = [];

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

  /** A chunk that follows the last one. It is part of this once its end is reached. */
  begin(): Chunk {
    const open = { end: 0, isSettled: false };
    const ack = new Ack(uncounted, () => {
      open.isSettled = true;
      this.#advance();
    });
    const reach = (end: number) => {
      open.end = end;
      this.#readTo = end;
      this.#open.push(open);
    };
    const count = (lines: number) => ack.done(uncounted - lines);
    const close = (end: number, lines: number) => {
      reach(end);
      count(lines);
    };
    return { ack, reach, count, close };
  }

  #advance(): void {
    let count = 0;
    while (this.#open[count]?.isSettled) count++;
    if (count === 0) return;
    this.#settledTo = this.#open[count - 1]!.end;
    if (count === this.#open.length) this.#open.length = 0;
    else this.#open.splice(0, count);
  }
}
