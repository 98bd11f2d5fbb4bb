import type { Logger } from 'pino';
import type { Labels } from '../entry/labels.js';
import { HistogramSeries, NumberSeries, type Series } from './custom-series.js';
import type { Family } from './family.js';
import type { CustomMetric, CustomMetricDefinition, CustomMetrics } from './stage-metrics.js';

type Kind = 'counter' | 'gauge' | 'histogram';

/**
 * The metrics that the pipelines of one config define. The same metric defined twice, in two stages or two jobs, is one: its series
 * add up. A second definition that differs is left out, with a warning: Promtail would refuse to show any metric at all.
 */
export class CustomMetricSet implements CustomMetrics {
  readonly #metrics = new Map<string, SeriesByLabels>();
  readonly #log: Logger;
  readonly #now: () => number;

  constructor(log: Logger, now: () => number) {
    this.#log = log;
    this.#now = now;
  }

  counter(definition: CustomMetricDefinition): CustomMetric {
    return this.#define('counter', definition, () => new NumberSeries());
  }

  gauge(definition: CustomMetricDefinition): CustomMetric {
    return this.#define('gauge', definition, () => new NumberSeries());
  }

  histogram(definition: CustomMetricDefinition & { readonly buckets: readonly number[] }): CustomMetric {
    return this.#define('histogram', definition, () => new HistogramSeries(definition.buckets));
  }

  /** What there is to show now. Series that have been idle for too long are shown this last time. */
  collect(): Family[] {
    const nowMs = this.#now();
    return [...this.#metrics.values()].flatMap((metric) => {
      const family = metric.collect(nowMs);
      return family.samples.length === 0 ? [] : [family];
    });
  }

  #define(kind: Kind, definition: CustomMetricDefinition, create: () => Series): CustomMetric {
    const metric = new SeriesByLabels(kind, definition, create, this.#now);
    const known = this.#metrics.get(definition.name);
    if (known === undefined) this.#metrics.set(definition.name, metric);
    else if (known.isSameAs(metric)) return known;
    else {
      this.#log.warn(
        { metric: definition.name },
        'metric is defined twice and differently; the second is not shown',
      );
    }
    return metric;
  }
}

/** One metric: a series for each set of labels that was seen. */
class SeriesByLabels implements CustomMetric {
  readonly #kind: Kind;
  readonly #definition: CustomMetricDefinition;
  readonly #create: () => Series;
  readonly #now: () => number;
  readonly #series = new Map<string, LabelledSeries>();
  /** The same by the labels of entries, which may have more labels than are shown. */
  readonly #found = new Map<string, LabelledSeries>();

  constructor(kind: Kind, definition: CustomMetricDefinition, create: () => Series, now: () => number) {
    this.#kind = kind;
    this.#definition = definition;
    this.#create = create;
    this.#now = now;
  }

  isSameAs(other: SeriesByLabels): boolean {
    return (
      this.#kind === other.#kind &&
      this.#definition.help === other.#definition.help &&
      this.#create().shape === other.#create().shape
    );
  }

  add(labels: Labels, by: number): void {
    this.#touch(labels).add(by);
  }

  set(labels: Labels, to: number): void {
    this.#touch(labels).set(to);
  }

  observe(labels: Labels, value: number): void {
    this.#touch(labels).add(value);
  }

  collect(nowMs: number): Family {
    const { name, help, maxIdleMs } = this.#definition;
    const samples = [...this.#series.values()].flatMap(({ series, labels }) => series.samples(name, labels));
    for (const [key, { touchedMs }] of this.#series) {
      if (nowMs - touchedMs < maxIdleMs) continue;
      this.#series.delete(key);
      this.#found.clear();
    }
    return { name, help, type: this.#kind, samples };
  }

  #touch(labels: Labels): Series {
    let found = this.#found.get(labels.stream);
    if (found === undefined) {
      found = this.#seriesFor(labels.pairs().filter(([name]) => !name.startsWith('__')));
      this.#found.set(labels.stream, found);
    }
    found.touchedMs = this.#now();
    return found.series;
  }

  #seriesFor(labels: [string, string][]): LabelledSeries {
    const key = JSON.stringify(labels);
    const known = this.#series.get(key);
    if (known !== undefined) return known;
    const created = { series: this.#create(), labels, touchedMs: 0 };
    this.#series.set(key, created);
    return created;
  }
}

interface LabelledSeries {
  readonly series: Series;
  readonly labels: [string, string][];
  touchedMs: number;
}
