/** How long between two looks at a file that nobody told us about. */
export interface PollOptions {
  readonly minPollMs: number;
  readonly maxPollMs: number;
}

/** With a watch that works, looking is only a safety net: 100 idle files then cost 20 looks a second, not 400. */
const watchedPollMs = 5000;
/** Promtail's own floor. */
const minWaitMs = 10;

/**
 * Decides when to look at a file next: as configured, slower while nothing happens. Where a watch tells of every change, seldom; a look that
 * finds twice what no watch told of (as on network file systems) ends that trust until the watch tells something again.
 */
export class PollPace {
  readonly #options: PollOptions;
  #waitMs: number;
  #missed = 0;

  constructor(options: PollOptions) {
    this.#options = options;
    this.#waitMs = Math.max(minWaitMs, options.minPollMs);
  }

  /** The watch has told of a change. */
  told(): void {
    this.#missed = 0;
  }

  /** A look has found a change, or none, that the watch had not told of. */
  looked(hasFound: boolean): void {
    const { minPollMs, maxPollMs } = this.#options;
    if (hasFound) this.#missed += 1;
    this.#waitMs = Math.max(minWaitMs, hasFound ? minPollMs : Math.min(maxPollMs, this.#waitMs * 2));
  }

  /** How long to wait from `nowMs` on. */
  nextMs(isWatched: boolean, nowMs: number): number {
    if (!isWatched || this.#missed >= 2) return this.#waitMs;
    // On the second, so that all files are looked at in one go: waking up costs more than looking.
    return Math.max(this.#options.maxPollMs, watchedPollMs) - (nowMs % 1000);
  }
}
