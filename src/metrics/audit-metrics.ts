import type { Registry } from 'prom-client';
import { BucketSeries, CountedSeries, LatestSeries, type SeriesNode, seriesTree } from './series-tree.js';

/** A counter with one label or more: `at` leads from one label to the next, in the order of its label names. */
export type CounterTree = SeriesNode<CountedSeries>;
export type HistogramTree = SeriesNode<BucketSeries>;

/** What the `kubernetes_audit` stages of all jobs count. */
export type AuditMetrics = ReturnType<typeof auditMetrics>;

const secondsBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const streamBuckets = [1, 10, 60, 300, 600, 1800, 3600, 14_400];
const sizeBuckets = [256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576];

/** As many values as a large cluster has resources, or people who work on it. */
const counterLimits = { maxValues: 200, maxSeries: 5000 };
/** A histogram has a series a bucket: eight verbs of forty resources are as many as five thousand counters. */
const histogramLimits = { maxValues: 40, maxSeries: 320 };

/** The families of the audit signals. Called once a registry; they outlive the config, and do not show until something is counted. */
export function auditMetrics(registry: Registry) {
  const counter = (name: string, help: string, labelNames: readonly string[]) =>
    seriesTree(registry, {
      name: `kubeaudit_${name}`,
      help,
      type: 'counter',
      labelNames,
      ...counterLimits,
      make: () => new CountedSeries(),
    });
  const histogram = (name: string, help: string, labelNames: readonly string[], bounds: readonly number[]) =>
    seriesTree(registry, {
      name: `kubeaudit_${name}`,
      help,
      type: 'histogram',
      labelNames,
      ...histogramLimits,
      make: () => new BucketSeries(bounds),
    });
  const changes = ['resource', 'verb', 'user_type'];
  return {
    requests: counter('requests_total', 'Requests that have ended.', [
      'verb',
      'resource',
      'subresource',
      'api_group',
      'code',
    ]),
    denied: counter(
      'denied_total',
      'Requests refused with 401 or 403; nodes and service accounts by their group.',
      ['code', 'user_type', 'user', 'verb', 'resource'],
    ),
    requestDuration: histogram(
      'request_duration_seconds',
      'Time from request to answer; without requests that last as long as their client likes.',
      ['verb', 'resource'],
      secondsBuckets,
    ),
    streamDuration: histogram(
      'stream_duration_seconds',
      'Time that watches, exec, attach, portforward, proxy and log requests lasted.',
      ['kind'],
      streamBuckets,
    ),
    slowComponent: histogram(
      'slow_request_component_seconds',
      'Where requests that took over half a second lost their time.',
      ['component'],
      secondsBuckets,
    ),
    exec: counter('exec_total', 'Requests for exec, attach and portforward, as they began or were refused.', [
      'kind',
      'user_type',
      'namespace',
      'outcome',
    ]),
    anonymous: counter('anonymous_total', 'Requests of system:anonymous.', ['code', 'path']),
    secretReads: counter('secret_reads_total', 'Secrets that were read.', ['verb', 'user_type', 'namespace']),
    rbacChanges: counter('rbac_changes_total', 'Changes of roles and their bindings.', changes),
    admissionChanges: counter('admission_config_changes_total', 'Changes of what admits objects.', changes),
    namespaceDeletes: counter('namespace_deletes_total', 'Namespaces deleted.', ['verb', 'user_type']),
    impersonation: counter('impersonation_total', 'Requests made in the name of somebody else.', [
      'user_type',
      'target_user_type',
      'decision',
    ]),
    deprecatedApi: counter('deprecated_api_total', 'Requests for deprecated API versions.', [
      'api_group',
      'version',
      'resource',
      'removed_release',
    ]),
    podSecurity: counter(
      'pod_security_violations_total',
      'Pods that pod security refused, noted or let pass.',
      ['mode', 'level', 'namespace'],
    ),
    admissionPolicyFailures: counter('admission_policy_failures_total', 'Validations that failed.', [
      'policy',
    ]),
    webhookFailOpen: counter(
      'webhook_fail_open_total',
      'Webhooks that could not be asked, and were passed over.',
      ['webhook'],
    ),
    throttled: counter('throttled_total', 'Requests answered with 429.', ['user_type', 'resource']),
    longLivedToken: counter('long_lived_token_total', 'Uses of tokens that should be gone.', ['kind']),
    events: counter('events_total', 'Audit events read.', ['stage', 'audit_level']),
    eventSize: histogram('event_size_bytes', 'Size of audit events as read.', [], sizeBuckets),
    truncated: counter('truncated_total', 'Events whose bodies the API server has left out.', []),
    redactions: counter('redactions_total', 'Values redacted.', ['rule']),
    clipped: counter('clipped_total', 'Parts cut from events that were too long.', ['part']),
    quarantined: counter(
      'quarantined_total',
      'Lines not shipped, as they could not be read and could do harm.',
      ['reason'],
    ),
    unparsed: counter('unparsed_total', 'Lines that are not audit events.', ['reason']),
    tornLines: counter('torn_lines_total', 'Lines with a piece of an event before a whole one.', []),
    labelOverflow: counter('label_overflow_total', 'Label values replaced by other.', ['label', 'reason']),
    lastEvent: seriesTree(registry, {
      name: 'kubeaudit_last_event_timestamp_seconds',
      help: 'Time of the newest event that has been shipped.',
      type: 'gauge',
      labelNames: ['instance'],
      ...counterLimits,
      make: () => new LatestSeries(),
    }),
  };
}
