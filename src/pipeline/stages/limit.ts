import { setTimeout as sleep } from 'node:timers/promises';
import { checked, stageStruct, type Value, withDefault } from '../../fields/schema.js';
import { weakBool, weakFloat, weakInt, weakText } from '../../fields/stage-fields.js';
import type { Count } from '../../metrics/stage-metrics.js';
import { dropEntries } from '../drop-entries.js';
import type { Stage, StageDeps, StageKind } from '../stage.js';
import { TokenBucket } from '../token-bucket.js';

/** Fewer buckets than this forget too soon to limit anything. */
const minDistinctLabels = 10_000;

const schema = checked(
  stageStruct({
    rate: withDefault(weakFloat, 0),
    burst: withDefault(weakInt, 0),
    drop: withDefault(weakBool, false),
    by_label_name: withDefault(weakText, ''),
    max_distinct_labels: withDefault(weakInt, 0),
  }),
  (options) => {
    if (!(options.rate > 0 && options.burst > 0)) return "'rate' and 'burst' must be over 0";
    return options.by_label_name !== '' && !options.drop ? "'by_label_name' needs 'drop: true'" : undefined;
  },
);

type Options = Value<typeof schema>;

/** Lets so many entries a second through; the others are dropped, or the whole pipeline waits. */
export const limit: StageKind<Options> = {
  name: 'limit',
  schema,
  build(options, deps) {
    const newBucket = () => new TokenBucket(options.rate, options.burst, deps.now);
    if (!options.drop) return waitForTokens(newBucket(), deps.signal);
    const dropped = deps.metrics.droppedLines('ratelimit_drop_stage');
    if (options.by_label_name !== '') return dropByLabel(options, newBucket, dropped, deps);
    const bucket = newBucket();
    return dropEntries(() => !bucket.tryTake(), dropped);
  },
};

/** Timers take no longer waits. */
const maxSleepMs = 2 ** 31 - 1;

function waitForTokens(bucket: TokenBucket, signal: AbortSignal): Stage {
  return {
    process(entries) {
      const waitMs = bucket.reserve(entries.length);
      return waitMs === 0 ? entries : wait(waitMs, signal).then(() => entries);
    },
  };
}

/** At the end of the pipeline what waits goes on at once: to be sent late is worse than to be sent fast. */
async function wait(ms: number, signal: AbortSignal): Promise<void> {
  for (let left = ms; left > 0 && !signal.aborted; left -= maxSleepMs) {
    await sleep(Math.min(left, maxSleepMs), undefined, { signal }).catch(() => {});
  }
}

function dropByLabel(
  options: Options,
  newBucket: () => TokenBucket,
  dropped: Count,
  { metrics }: StageDeps,
): Stage {
  const name = options.by_label_name;
  const buckets = new RecentBuckets(Math.max(options.max_distinct_labels, minDistinctLabels), newBucket, () =>
    metrics.forgetDroppedByLabel(name),
  );
  return dropEntries((entry) => {
    const value = entry.labels.get(name);
    if (value === undefined || buckets.get(value).tryTake()) return false;
    metrics.droppedLinesByLabel(name, value).add(1);
    return true;
  }, dropped);
}

/** A bucket for each label value. When `max` values have been used, those not used since the time before are forgotten. */
class RecentBuckets {
  readonly #max: number;
  readonly #newBucket: () => TokenBucket;
  readonly #onTurn: () => void;
  #recent = new Map<string, TokenBucket>();
  #older = new Map<string, TokenBucket>();

  constructor(max: number, newBucket: () => TokenBucket, onTurn: () => void) {
    this.#max = max;
    this.#newBucket = newBucket;
    this.#onTurn = onTurn;
  }

  get(value: string): TokenBucket {
    const recent = this.#recent.get(value);
    if (recent !== undefined) return recent;
    const bucket = this.#older.get(value) ?? this.#newBucket();
    this.#recent.set(value, bucket);
    if (this.#recent.size === this.#max) {
      this.#older = this.#recent;
      this.#recent = new Map();
      this.#onTurn();
    }
    return bucket;
  }
}
