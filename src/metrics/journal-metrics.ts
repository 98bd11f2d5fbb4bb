import type { Counter, Registry } from 'prom-client';
import { sharedCounter } from './shared-metrics.js';

export interface JournalMetrics {
  readonly lines: Counter;
  readonly errors: Counter<'error'>;
}

export function journalMetrics(registry: Registry): JournalMetrics {
  return {
    lines: sharedCounter(registry, {
      name: 'promtail_journal_target_lines_total',
      help: 'Entries of the journal that were read.',
    }),
    errors: sharedCounter(registry, {
      name: 'promtail_journal_target_parsing_errors_total',
      help: 'Entries of the journal that were skipped: they have no message, or no label after relabelling.',
      labelNames: ['error'],
    }),
  };
}
