import { eventDigest } from './event-digest.js';
import type { LogEvent } from './log-events.js';

/** Which events were handed on, so that they are not when the same stretch of time is asked for again. */
export class SeenEvents {
  /** By digest, the time of the event. */
  readonly #seen: Map<string, number>;

  constructor(before: Iterable<readonly [digest: string, timestampMs: number]>) {
    this.#seen = new Map(before);
  }

  /** Those that were not handed on yet. From now on they are. */
  fresh(events: readonly LogEvent[]): LogEvent[] {
    return events.filter(({ id, timestampMs }) => {
      const digest = eventDigest(id);
      if (this.#seen.has(digest)) return false;
      this.#seen.set(digest, timestampMs);
      return true;
    });
  }

  /** Events before this time are not asked for any more. */
  forget(beforeMs: number): void {
    for (const [digest, timestampMs] of this.#seen) if (timestampMs < beforeMs) this.#seen.delete(digest);
  }
}
