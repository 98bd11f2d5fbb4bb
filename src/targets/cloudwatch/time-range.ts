import type { EventRange } from './log-events.js';

/** How much is asked for at once, so that the digests of what was read stay few until it is settled. */
const usualReachMs = 10 * 60_000;

/**
 * Which stretch of time to ask for next: from some overlap before the newest event that was read, as others may turn up late. The newest
 * event moves it, not the clock, so that a group whose events all come late is read without loss.
 */
export class TimeRange {
  readonly #overlapMs: number;
  #newestMs: number;
  #reachMs = usualReachMs;

  constructor(horizonMs: number, overlapMs: number) {
    this.#overlapMs = overlapMs;
    this.#newestMs = horizonMs + overlapMs;
  }

  /** Everything before this has been asked for often enough. */
  get horizonMs(): number {
    return this.#newestMs - this.#overlapMs;
  }

  /** Without an end once there is less to read than is asked for at once. */
  next(nowMs: number): EventRange {
    const endMs = this.#newestMs + this.#reachMs;
    return { startMs: this.horizonMs, endMs: endMs < nowMs ? endMs : undefined };
  }

  /** The range was read. `newestMs` is the time of the newest event in it that was not known; undefined: there was none. */
  read(newestMs: number | undefined): void {
    // Across a long time without events, in strides that grow.
    this.#reachMs = newestMs === undefined ? this.#reachMs * 2 : usualReachMs;
    this.#newestMs = Math.max(this.#newestMs, newestMs ?? 0);
  }
}
