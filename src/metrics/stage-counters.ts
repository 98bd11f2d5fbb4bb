import { Counter, type Registry } from 'prom-client';
import { type AuditMetrics, auditMetrics } from './audit-metrics.js';
import type { Count, CustomMetrics, StageMetrics } from './stage-metrics.js';

/** What stages count over the whole life of the agent; the metrics of the `metrics` stage begin anew with each config. */
export class StageCounters {
  readonly #dropped: Counter<'reason'>;
  readonly #droppedByLabel: Counter<'label_name' | 'label_value'>;
  readonly #audit: AuditMetrics;
  /** The label values counted for each label name. */
  readonly #values = new Map<string, Set<string>>();

  constructor(registry: Registry) {
    const registers = [registry];
    this.#dropped = new Counter({
      name: 'logentry_dropped_lines_total',
      help: 'Lines dropped by stages and by the rate limit over all jobs.',
      labelNames: ['reason'],
      registers,
    });
    this.#droppedByLabel = new Counter({
      name: 'logentry_dropped_lines_by_label_total',
      help: 'Lines dropped by limit stages that count by label.',
      labelNames: ['label_name', 'label_value'],
      registers,
    });
    this.#audit = auditMetrics(registry);
  }

  /** What the stages of one config are built with. */
  with(custom: CustomMetrics): StageMetrics {
    return {
      droppedLines: (reason) => this.droppedLines(reason),
      droppedLinesByLabel: (name, value) => {
        this.#valuesOf(name).add(value);
        const counter = this.#droppedByLabel.labels(name, value);
        return { add: (by) => counter.inc(by) };
      },
      forgetDroppedByLabel: (name) => {
        for (const value of this.#valuesOf(name)) this.#droppedByLabel.remove(name, value);
        this.#values.delete(name);
      },
      custom,
      audit: this.#audit,
    };
  }

  /** Lines dropped for this reason, by a stage or behind all stages. */
  droppedLines(reason: string): Count {
    const counter = this.#dropped.labels(reason);
    return { add: (by) => counter.inc(by) };
  }

  #valuesOf(name: string): Set<string> {
    let values = this.#values.get(name);
    if (values === undefined) {
      values = new Set();
      this.#values.set(name, values);
    }
    return values;
  }
}
