import type { Metric, Registry } from 'prom-client';

/** Stands for all label values that are not told apart. */
const other = 'other';
const maxValueLength = 128;

/** A series that only grows. */
export class CountedSeries {
  value = 0;

  samples(): readonly [suffix: string, bound: string | undefined, value: number][] {
    return [['', undefined, this.value]];
  }
}

/** A series that tells the latest; 0 until it is set. */
export class LatestSeries extends CountedSeries {
  raiseTo(value: number): void {
    if (value > this.value) this.value = value;
  }
}

export class BucketSeries {
  readonly #bounds: readonly number[];
  readonly #counts: number[];
  #sum = 0;

  /** `bounds` increase; what is above the last is counted too. */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = new Array<number>(bounds.length + 1).fill(0);
  }

  observe(value: number): void {
    let bucket = 0;
    while (bucket < this.#bounds.length && value > this.#bounds[bucket]!) bucket++;
    this.#counts[bucket]! += 1;
    this.#sum += value;
  }

  samples(): readonly [suffix: string, bound: string | undefined, value: number][] {
    let count = 0;
    const buckets = this.#counts.map((own, index): [string, string, number] => {
      count += own;
      return ['_bucket', String(this.#bounds[index] ?? '+Inf'), count];
    });
    return [...buckets, ['_sum', undefined, this.#sum], ['_count', undefined, count]];
  }
}

type Series = CountedSeries | BucketSeries;

/** What all series of a family have in common. */
export interface FamilyShape<S extends Series> {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly labelNames: readonly string[];
  /** How many values a label may have after the same ones before it, and how many series there may be in all. */
  readonly maxValues: number;
  readonly maxSeries: number;
  make(): S;
}

/** One label's values in a family: each leads to those of the next label, the last ones to series. */
export class SeriesNode<S extends Series> {
  /** Undefined above the last label. */
  readonly series: S;
  readonly #family: SeriesFamily<S>;
  readonly #depth: number;
  readonly #children = new Map<string, SeriesNode<S>>();
  /** Values repeat: to look at the last one first saves half of the look-ups. */
  #lastValue: string | undefined;
  #lastChild: SeriesNode<S> | undefined;

  constructor(family: SeriesFamily<S>, depth: number) {
    const isLast = depth === family.shape.labelNames.length;
    this.#family = family;
    this.#depth = depth;
    this.series = (isLast ? family.shape.make() : undefined) as S;
    if (isLast) family.size++;
  }

  /** The next label's value. One too many, and one that is too long, counts as `other`. */
  at(value: string): SeriesNode<S> {
    if (value === this.#lastValue) return this.#lastChild!;
    const child = this.#children.get(value);
    if (child !== undefined) {
      this.#lastValue = value;
      this.#lastChild = child;
      return child;
    }
    if (this.#family.isFull) return this.#family.overflowAt(this.#depth + 1);
    const isTooMuch = value.length > maxValueLength || this.#children.size >= this.#family.shape.maxValues;
    return this.childOf(isTooMuch ? other : value);
  }

  /** The same, whether there is room or not. */
  childOf(value: string): SeriesNode<S> {
    let child = this.#children.get(value);
    if (child === undefined) {
      child = new SeriesNode(this.#family, this.#depth + 1);
      this.#children.set(value, child);
    }
    return child;
  }

  /** Every series with its label values. */
  *all(values: readonly string[] = []): Iterable<[values: readonly string[], series: S]> {
    if (this.#depth === this.#family.shape.labelNames.length) yield [values, this.series];
    for (const [value, child] of this.#children) yield* child.all([...values, value]);
  }
}

class SeriesFamily<S extends Series> {
  readonly shape: FamilyShape<S>;
  readonly root: SeriesNode<S>;
  size = 0;

  constructor(shape: FamilyShape<S>) {
    this.shape = shape;
    this.root = new SeriesNode<S>(this, 0);
  }

  get isFull(): boolean {
    return this.size >= this.shape.maxSeries;
  }

  /** Where series go that there is no room for: so deep on the way to the one that has `other` in every label. */
  overflowAt(depth: number): SeriesNode<S> {
    return depth === 0 ? this.root : this.overflowAt(depth - 1).childOf(other);
  }
}

/**
 * Adds a family to the registry, and returns where its series grow. Finding a series takes a look-up a label, where prom-client prints
 * and sorts the labels each time: 0.1 µs against 1.
 */
export function seriesTree<S extends Series>(registry: Registry, shape: FamilyShape<S>): SeriesNode<S> {
  const { root } = new SeriesFamily(shape);
  const { name, help, type, labelNames } = shape;
  const values = () =>
    [...root.all()].flatMap(([labelValues, series]) => {
      const labels = Object.fromEntries(labelNames.map((label, index) => [label, labelValues[index]!]));
      return series.samples().map(([suffix, le, value]) => ({
        metricName: name + suffix,
        labels: le === undefined ? labels : { ...labels, le },
        value,
      }));
    });
  // All that the registry asks of a metric is its values; the rest of prom-client's interface is for setting them.
  const family = {
    name,
    help,
    get: async () => ({ name, help, type, aggregator: 'sum', values: values() }),
    reset() {},
  };
  registry.registerMetric(family as unknown as Metric);
  return root;
}
