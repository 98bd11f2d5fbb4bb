import type { Counter, Gauge, Registry } from 'prom-client';
import { sharedCounter, sharedGauge } from './shared-metrics.js';

export interface CloudflareMetrics {
  readonly entries: Counter;
  readonly lastEnd: Gauge;
}

export function cloudflareMetrics(registry: Registry): CloudflareMetrics {
  return {
    entries: sharedCounter(registry, {
      name: 'promtail_cloudflare_target_entries_total',
      help: 'Log lines that Cloudflare has given.',
    }),
    lastEnd: sharedGauge(registry, {
      name: 'promtail_cloudflare_target_last_requested_end_timestamp',
      help: 'The end of the last time window that was read, in seconds since 1970.',
    }),
  };
}
