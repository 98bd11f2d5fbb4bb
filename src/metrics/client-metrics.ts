import { Counter, Histogram, type Registry } from 'prom-client';

/** What clients count. */
export interface ClientMetrics {
  /** What the client of this host counts; `host` is the host and port of its URL, as written. */
  forHost(host: string): HostMetrics;
}

export interface HostMetrics {
  encoded(bytes: number): void;
  sent(bytes: number, entries: number): void;
  /** One attempt; −1 is no answer. */
  requested(status: number, seconds: number): void;
  forTenant(tenant: string): TenantMetrics;
}

export interface TenantMetrics {
  retried(): void;
  dropped(reason: string, bytes: number, entries: number): void;
  /** A line was cut. */
  mutated(reason: string, bytes: number): void;
}

/** Promtail's; they are there at 0 from a tenant's first entry on. */
const usualReasons = ['ingester_error', 'rate_limited', 'stream_limited', 'line_too_long'];

/** Promtail's metrics of its clients. Called once a registry; clients of a reloaded config go on counting in the same ones. */
export function clientMetrics(registry: Registry): ClientMetrics {
  const counter = (name: string, help: string, labelNames: string[]) =>
    new Counter({ name: `promtail_${name}_total`, help, labelNames, registers: [registry] });
  const byHost = ['host'];
  const byTenant = ['host', 'tenant'];
  const byReason = ['host', 'tenant', 'reason'];
  const encodedBytes = counter('encoded_bytes', 'Bytes encoded and ready to send.', byHost);
  const sentBytes = counter('sent_bytes', 'Compressed bytes that were accepted.', byHost);
  const sentEntries = counter('sent_entries', 'Log entries that were accepted.', byHost);
  const droppedBytes = counter('dropped_bytes', 'Bytes given up.', byReason);
  const droppedEntries = counter('dropped_entries', 'Log entries given up.', byReason);
  const mutatedBytes = counter('mutated_bytes', 'Bytes cut off lines.', byReason);
  const mutatedEntries = counter('mutated_entries', 'Log entries whose line was cut.', byReason);
  const batchRetries = counter('batch_retries', 'Failed attempts that are followed by another.', byTenant);
  const requestDuration = new Histogram({
    name: 'promtail_request_duration_seconds',
    help: 'Duration of send requests.',
    labelNames: ['status_code', 'host'],
    registers: [registry],
  });

  const forTenant = (host: string, tenant: string): TenantMetrics => {
    batchRetries.inc({ host, tenant }, 0);
    for (const reason of usualReasons) {
      for (const each of [droppedBytes, droppedEntries, mutatedBytes, mutatedEntries])
        each.inc({ host, tenant, reason }, 0);
    }
    return {
      retried: () => batchRetries.inc({ host, tenant }),
      dropped(reason, bytes, entries) {
        droppedBytes.inc({ host, tenant, reason }, bytes);
        droppedEntries.inc({ host, tenant, reason }, entries);
      },
      mutated(reason, bytes) {
        mutatedBytes.inc({ host, tenant, reason }, bytes);
        mutatedEntries.inc({ host, tenant, reason });
      },
    };
  };

  return {
    forHost(host) {
      for (const each of [encodedBytes, sentBytes, sentEntries]) each.inc({ host }, 0);
      return {
        encoded: (bytes) => encodedBytes.inc({ host }, bytes),
        sent(bytes, entries) {
          sentBytes.inc({ host }, bytes);
          sentEntries.inc({ host }, entries);
        },
        requested: (status, seconds) =>
          requestDuration.observe({ status_code: String(status), host }, seconds),
        forTenant: (tenant) => forTenant(host, tenant),
      };
    },
  };
}
