import type { Labels } from '../entry/labels.js';
import { type RefusalReason, streamFault } from './entry-faults.js';
import type { LokiLimits } from './loki-limits.js';
import { RateMeter } from './rate-meter.js';

/** What is known of one stream. */
export interface StreamTally {
  readonly labels: Labels;
  readonly fault: RefusalReason | undefined;
  readonly meter: RateMeter;
  lines: number;
  bytes: number;
  newestMs: number;
  /** The latest hour in which it was active. */
  hour: number;
}

/** So many streams are told apart; those past it are only counted as one more. */
const maxStreams = 100_000;

/** All streams that the lines make, and in which hours they are active. */
export class StreamTallies {
  readonly #limits: LokiLimits;
  readonly #byKey = new Map<string, StreamTally>();
  #known = new WeakMap<Labels, StreamTally>();
  readonly #activeInHour = new Map<number, number>();

  constructor(limits: LokiLimits) {
    this.#limits = limits;
  }

  get all(): Iterable<StreamTally> {
    return this.#byKey.values();
  }

  get count(): number {
    return this.#byKey.size;
  }

  /** The most streams that are active within one hour of the clock. */
  get mostActive(): number {
    return [...this.#activeInHour.values()].reduce((most, count) => Math.max(most, count), 0);
  }

  of(labels: Labels): StreamTally {
    let tally = this.#known.get(labels);
    if (tally === undefined) {
      tally = this.#find(labels);
      this.#known.set(labels, tally);
    }
    return tally;
  }

  /** Notes an entry with a time of its own. */
  touch(tally: StreamTally, atMs: number): void {
    if (atMs > tally.newestMs) tally.newestMs = atMs;
    const hour = Math.floor(atMs / 3_600_000);
    if (hour <= tally.hour) return;
    tally.hour = hour;
    this.#activeInHour.set(hour, (this.#activeInHour.get(hour) ?? 0) + 1);
  }

  #find(labels: Labels): StreamTally {
    const key = this.#byKey.size >= maxStreams && !this.#byKey.has(labels.key) ? '' : labels.key;
    let tally = this.#byKey.get(key);
    if (tally === undefined) {
      const { per_stream_rate_limit: rate, per_stream_rate_limit_burst: burst } = this.#limits;
      tally = {
        labels,
        fault: streamFault(labels, this.#limits),
        meter: new RateMeter(rate, burst),
        lines: 0,
        bytes: 0,
        newestMs: Number.NEGATIVE_INFINITY,
        hour: Number.NEGATIVE_INFINITY,
      };
      this.#byKey.set(key, tally);
    }
    return tally;
  }
}
