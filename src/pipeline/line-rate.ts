import { setTimeout as sleep } from 'node:timers/promises';
import type { Entry } from '../entry/entry.js';
import type { Sink } from '../entry/sink.js';
import type { Count } from '../metrics/stage-metrics.js';
import type { TokenBucket } from './token-bucket.js';

/** `limits_config.readline_rate…`, behind the stages of every job: one bucket of tokens for all of them. */
export interface LineRateOptions {
  /** Drop what is over the rate, or wait. */
  readonly drop: boolean;
  readonly bucket: TokenBucket;
  readonly dropped: Count;
  /** Aborted when the agent stops: nothing waits any longer. */
  readonly signal: AbortSignal;
}

/** Lets so many entries a second through to `next`. */
export function limitLineRate(next: Sink, { drop, bucket, dropped, signal }: LineRateOptions): Sink {
  if (drop) return { push: (entries) => next.push(takeWithin(entries, bucket, dropped)) };
  return {
    push(entries) {
      const waitMs = bucket.reserve(entries.length);
      if (waitMs === 0) return next.push(entries);
      const waited = sleep(waitMs, undefined, { signal }).catch(() => {});
      return waited.then(() => next.push(entries));
    },
  };
}

function takeWithin(entries: Entry[], bucket: TokenBucket, dropped: Count): Entry[] {
  const taken = entries.filter((entry) => {
    if (bucket.tryTake()) return true;
    entry.ack.done(entry.lines);
    return false;
  });
  if (taken.length < entries.length) dropped.add(entries.length - taken.length);
  return taken;
}
