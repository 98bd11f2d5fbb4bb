import { Ack } from '../entry/ack.js';

/** Lines read in one go. Their ack is there before they are counted. */
export interface Chunk {
  readonly ack: Ack;
  /** All lines up to `end` are read, `lines` of them in this chunk. From now on its ack can be settled. */
  close(end: number, lines: number): void;
}

interface OpenChunk {
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

  /** A chunk that follows the last one. It counts once it is closed. */
  begin(): Chunk {
    let open: OpenChunk | undefined;
    const ack = new Ack(1, () => {
      open!.isSettled = true;
      this.#advance();
    });
    const close = (end: number, lines: number) => {
      open = { end, isSettled: false };
      this.#readTo = end;
      this.#open.push(open);
      ack.add(lines);
      ack.done(1);
    };
    return { ack, close };
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
