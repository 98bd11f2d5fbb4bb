import type { Counter, Gauge, Registry } from 'prom-client';
import { sharedCounter, sharedGauge } from './shared-metrics.js';

export interface CloudwatchMetrics {
  readonly entries: Counter<'log_group'>;
  readonly failures: Counter<'log_group' | 'reason'>;
  readonly newest: Gauge<'log_group'>;
}

export function cloudwatchMetrics(registry: Registry): CloudwatchMetrics {
  return {
    entries: sharedCounter(registry, {
      name: 'auditail_cloudwatch_target_entries_total',
      help: 'Events that CloudWatch Logs has given, each once.',
      labelNames: ['log_group'],
    }),
    failures: sharedCounter(registry, {
      name: 'auditail_cloudwatch_target_failures_total',
      help: 'Requests that CloudWatch Logs has not answered, by reason: throttled, refused, unreachable.',
      labelNames: ['log_group', 'reason'],
    }),
    newest: sharedGauge(registry, {
      name: 'auditail_cloudwatch_target_newest_event_timestamp_seconds',
      help: 'The time of the newest event that was read, in seconds since 1970.',
      labelNames: ['log_group'],
    }),
  };
}
