import type { Labels } from '../entry/labels.js';
import type { AuditMetrics } from './audit-metrics.js';

/** Adds to one series; bound once, called once per array. */
export interface Count {
  add(by: number): void;
}

/** What stages count. */
export interface StageMetrics {
  /** `logentry_dropped_lines_total{reason}` */
  droppedLines(reason: string): Count;
  /** `logentry_dropped_lines_by_label_total{label_name, label_value}` */
  droppedLinesByLabel(labelName: string, labelValue: string): Count;
  /** Forgets the series of `droppedLinesByLabel` for this label. */
  forgetDroppedByLabel(labelName: string): void;
  /** A metric of the `metrics` stage. */
  custom: CustomMetrics;
  /** What `kubernetes_audit` stages count. */
  audit: AuditMetrics;
}

/** The metrics that pipelines define: unlike the agent's own, each series has the labels of its entry, and idle ones expire. */
export interface CustomMetrics {
  counter(definition: CustomMetricDefinition): CustomMetric;
  gauge(definition: CustomMetricDefinition): CustomMetric;
  histogram(definition: CustomMetricDefinition & { readonly buckets: readonly number[] }): CustomMetric;
}

export interface CustomMetricDefinition {
  /** With its prefix, as configured. */
  readonly name: string;
  readonly help: string;
  /** A series that nothing has touched for this long is gone from the scrape after next. */
  readonly maxIdleMs: number;
}

export interface CustomMetric {
  /** Counter and gauge: adds. */
  add(labels: Labels, by: number): void;
  /** Gauge: sets. */
  set(labels: Labels, to: number): void;
  /** Histogram: observes. */
  observe(labels: Labels, value: number): void;
}
