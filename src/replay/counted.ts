import type { Registry } from 'prom-client';

/** What the stages counted, by the label that tells why. */
export interface Counted {
  /** Lines that a rule of the pipeline drops. */
  readonly dropped: Readonly<Record<string, number>>;
  /** The rest is of `kubernetes_audit` stages, and empty where there is none. */
  readonly redactions: Readonly<Record<string, number>>;
  readonly cut: Readonly<Record<string, number>>;
  readonly quarantined: Readonly<Record<string, number>>;
  readonly unparsed: Readonly<Record<string, number>>;
  readonly tornLines: number;
  /** By label. */
  readonly overflow: Readonly<Record<string, number>>;
  /** By stage of the request. */
  readonly events: Readonly<Record<string, number>>;
}

/** Reads the counters of a replay. */
export async function readCounted(registry: Registry): Promise<Counted> {
  const sums = async (name: string, label: string) => {
    const metric = await registry.getSingleMetric(name)!.get();
    const byLabel: Record<string, number> = {};
    for (const { labels, value } of metric.values) {
      const key = String(labels[label] ?? '');
      if (value > 0) byLabel[key] = (byLabel[key] ?? 0) + value;
    }
    return byLabel;
  };
  return {
    dropped: await sums('logentry_dropped_lines_total', 'reason'),
    redactions: await sums('kubeaudit_redactions_total', 'rule'),
    cut: await sums('kubeaudit_clipped_total', 'part'),
    quarantined: await sums('kubeaudit_quarantined_total', 'reason'),
    unparsed: await sums('kubeaudit_unparsed_total', 'reason'),
    tornLines: sum(await sums('kubeaudit_torn_lines_total', 'none')),
    overflow: await sums('kubeaudit_label_overflow_total', 'label'),
    events: await sums('kubeaudit_events_total', 'stage'),
  };
}

export function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
