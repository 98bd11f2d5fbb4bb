import { agentRegistry } from '../../src/metrics/agent-registry.js';
import { clientMetrics } from '../../src/metrics/client-metrics.js';
import { FileMetrics } from '../../src/metrics/file-metrics.js';
import { positionsMetrics } from '../../src/metrics/positions-metrics.js';
import { AllQueueMetrics } from '../../src/metrics/queue-metrics.js';
import { StageCounters } from '../../src/metrics/stage-counters.js';

/** `promtail_targets_failed_total` is the agent's own, made in agent.ts; targets make the one of what they refuse; `up` is Prometheus'. */
const elsewhere = ['promtail_targets_failed_total', 'auditail_refused_requests_total', 'up'];

/** The names of all series the agent may show, as its own code makes them. */
export function agentSeries(): Set<string> {
  const { registry } = agentRegistry('test');
  clientMetrics(registry);
  positionsMetrics(registry);
  new FileMetrics(registry);
  new AllQueueMetrics(registry);
  new StageCounters(registry);
  const names = registry
    .getMetricsAsArray()
    .flatMap(({ name }) => [name, `${name}_bucket`, `${name}_sum`, `${name}_count`]);
  return new Set([...names, ...elsewhere]);
}

/** The labels of those series, and what Prometheus adds. */
export const seriesLabels = new Set(
  (
    'cluster instance job path host tenant reason status_code code user_type user verb resource subresource api_group kind namespace ' +
    'outcome component policy webhook mode level target_user_type decision version removed_release stage audit_level rule part label le'
  ).split(' '),
);
