import type { Entry } from '../../entry/entry.js';

/** Requests that are not answered within a minute are cut off by the API server; the rest is for the event to be written. */
const patienceMs = 90_000;
/** Each is a line of about a kilobyte. */
const maxHeld = 10_000;

interface Held {
  readonly entry: Entry;
  readonly micros: number;
  readonly sinceMs: number;
}

/**
 * Holds the events of requests that have begun, until another event of the same request makes them superfluous. Those that nothing
 * follows are the only trace of their request: they are given back after a while.
 */
export class PendingRequests {
  readonly #held = new Map<string, Held>();
  #latestMicros = Number.NEGATIVE_INFINITY;

  /** False when it cannot be held: clients choose the audit id, so two requests may have the same key. */
  hold(key: string, entry: Entry, micros: number, nowMs: number): boolean {
    if (this.#held.has(key)) return false;
    // It is held longer than the chunk it was read in is valid.
    entry.line.keep();
    entry.extracted?.keep();
    this.#held.set(key, { entry, micros, sinceMs: nowMs });
    return true;
  }

  /** Another event of the request has come: what was held is not needed, and returned to be settled. */
  release(key: string): Entry | undefined {
    const held = this.#held.get(key);
    if (held !== undefined) this.#held.delete(key);
    return held?.entry;
  }

  /** The time of the newest event. Files may be read long after they were written, so patience is measured by it, too. */
  advanceTo(micros: number): void {
    if (micros > this.#latestMicros) this.#latestMicros = micros;
  }

  /** Those that have been waited for long enough, or that there is no room for; Infinity: all. */
  takeOrphans(nowMs: number): Entry[] {
    const orphans: Entry[] = [];
    for (const [key, { entry, micros, sinceMs }] of this.#held) {
      const isOverdue =
        nowMs - sinceMs >= patienceMs ||
        this.#latestMicros - micros >= patienceMs * 1000 ||
        this.#held.size > maxHeld;
      if (!isOverdue) break;
      this.#held.delete(key);
      orphans.push(entry);
    }
    return orphans;
  }

  dueAt(): number | undefined {
    const oldest = this.#held.values().next().value;
    return oldest === undefined ? undefined : oldest.sinceMs + patienceMs;
  }
}
