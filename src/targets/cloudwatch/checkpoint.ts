import type { Positions } from '../../positions/positions.js';
import { eventDigest, joinDigests, splitDigests } from './event-digest.js';
import type { LogEvent } from './log-events.js';

/** Events that are settled, and before what time everything is. */
export interface SettledPart {
  readonly events: readonly LogEvent[];
  readonly horizonMs: number | undefined;
}

/**
 * How far a log group is settled: every event before the horizon, in milliseconds since 1970, and of those behind it the ones whose
 * digests are kept. That tells late events, which turn up behind others, from those that were read.
 */
export class Checkpoint {
  readonly #positions: Positions;
  readonly #key: string;
  #horizonMs: number;
  /** By digest, the time of the event. */
  readonly #settled = new Map<string, number>();

  /** Takes up what an earlier run has saved; else begins at `startMs`. */
  constructor(positions: Positions, key: string, startMs: number) {
    this.#positions = positions;
    this.#key = key;
    const saved = positions.get(key) ?? '';
    const isSaved = /^\d+$/.test(saved);
    this.#horizonMs = isSaved ? Number(saved) : startMs;
    const [, horizon, newest, digests] = /^(\d+) (\d+) (\S*)$/.exec(positions.get(this.#seenKey) ?? '') ?? [];
    // They belong together: somebody may have moved the position by hand.
    if (isSaved && horizon === saved)
      for (const digest of splitDigests(digests!)) this.#settled.set(digest, Number(newest));
    if (!isSaved) this.#save();
  }

  get horizonMs(): number {
    return this.#horizonMs;
  }

  /** The digests of events behind the horizon that are settled, with a time at which they can be forgotten. */
  settled(): Iterable<readonly [digest: string, timestampMs: number]> {
    return this.#settled;
  }

  settle(parts: readonly SettledPart[]): void {
    const before = this.#horizonMs;
    for (const { events, horizonMs = 0 } of parts) {
      for (const { id, timestampMs } of events) this.#settled.set(eventDigest(id), timestampMs);
      this.#horizonMs = Math.max(this.#horizonMs, horizonMs);
    }
    if (this.#horizonMs > before) {
      for (const [digest, timestampMs] of this.#settled)
        if (timestampMs < this.#horizonMs) this.#settled.delete(digest);
    }
    this.#save();
  }

  get #seenKey(): string {
    return `${this.#key}.seen`;
  }

  #save(): void {
    let newest = this.#horizonMs;
    for (const timestampMs of this.#settled.values()) newest = Math.max(newest, timestampMs);
    this.#positions.put(this.#key, String(this.#horizonMs));
    const digests = joinDigests(this.#settled.keys());
    this.#positions.put(this.#seenKey, `${this.#horizonMs} ${newest} ${digests}`);
  }
}
