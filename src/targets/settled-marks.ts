import { Ack } from '../entry/ack.js';

interface OpenMark<Mark> {
  readonly mark: Mark;
  isSettled: boolean;
}

/**
 * How far a source that has marks of its own (cursors, offsets) is settled. Marks are read in order and may settle in any order;
 * `advance` is called with the last one before the first that is not settled.
 */
export class SettledMarks<Mark> {
  /** In the order they were read; the first is not settled. */
  readonly #open: OpenMark<Mark>[] = [];
  readonly #advance: (mark: Mark) => void;
  #idle: PromiseWithResolvers<void> | undefined;

  constructor(advance: (mark: Mark) => void) {
    this.#advance = advance;
  }

  /** Everything up to `mark` is read, the last `lines` lines since the mark before. The ack is for these; none need no ack. */
  add(mark: Mark, lines: number): Ack {
    const open = { mark, isSettled: lines === 0 };
    this.#open.push(open);
    if (lines === 0) this.#settle();
    return new Ack(lines, () => {
      open.isSettled = true;
      this.#settle();
    });
  }

  get isSettled(): boolean {
    return this.#open.length === 0;
  }

  /** Fulfilled as soon as nothing is unsettled. */
  get settled(): Promise<void> {
    if (this.isSettled) return Promise.resolve();
    this.#idle ??= Promise.withResolvers();
    return this.#idle.promise;
  }

  #settle(): void {
    let count = 0;
    while (this.#open[count]?.isSettled) count++;
    if (count === 0) return;
    const last = this.#open[count - 1]!;
    this.#open.splice(0, count);
    this.#advance(last.mark);
    if (!this.isSettled) return;
    this.#idle?.resolve();
    this.#idle = undefined;
  }
}
