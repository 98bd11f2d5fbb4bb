import { dashboard, metricRate, metricStat } from './grafana.js';
import { agents, sources } from './variables.js';

const of = '{cluster=~"$cluster", instance=~"$instance"}';

function perSecond(by: string, metric: string, extra = ''): string {
  const labels = extra === '' ? of : of.replace('}', `, ${extra}}`);
  return `sum by (${by}) (rate(${metric}${labels}[$__rate_interval]))`;
}

function inRange(metric: string): string {
  return `sum(increase(${metric}${of}[$__range]))`;
}

export const agent = dashboard(
  'agent',
  'Agent health',
  'Whether everything is read, sent and accepted.',
  [...sources, ...agents],
  [
    metricStat('Agents', `count(promtail_build_info${of})`),
    metricStat('Newest event', `time() - min(kubeaudit_last_event_timestamp_seconds${of})`, {
      unit: 's',
      bad: 300,
      description: 'Of the API server that is furthest behind.',
    }),
    metricStat('Not read yet', `sum(auditail_backlog_bytes${of})`, { unit: 'bytes', bad: 100e6 }),
    metricStat('Lost before reading', inRange('auditail_lost_bytes_total'), { unit: 'bytes', bad: 1 }),
    metricStat('Given up', inRange('promtail_dropped_entries_total'), { bad: 1 }),
    metricStat('Quarantined', inRange('kubeaudit_quarantined_total'), { bad: 1 }),
    metricRate('Lines read', perSecond('instance', 'promtail_read_lines_total'), '{{instance}}', {
      unit: 'cps',
    }),
    metricRate(
      'Entries accepted',
      perSecond('instance, host', 'promtail_sent_entries_total'),
      '{{instance}} → {{host}}',
      {
        unit: 'cps',
      },
    ),
    metricRate(
      'Age of the newest event',
      `time() - max by (instance) (kubeaudit_last_event_timestamp_seconds${of})`,
      '{{instance}}',
      { unit: 's' },
    ),
    metricRate('Backlog', `sum by (instance) (auditail_backlog_bytes${of})`, '{{instance}}', {
      unit: 'bytes',
    }),
    metricRate(
      'Until rotation deletes unread lines',
      `min by (instance) (auditail_backlog_pruned_in_seconds${of})`,
      '{{instance}}',
      { unit: 's' },
    ),
    metricRate('On the way', `sum by (instance) (auditail_unacknowledged_bytes${of})`, '{{instance}}', {
      unit: 'bytes',
      description: 'Read, and not accepted yet.',
    }),
    metricRate(
      'Pushes by status',
      perSecond('status_code', 'promtail_request_duration_seconds_count'),
      '{{status_code}}',
      {
        unit: 'reqps',
        description: '-1: no answer.',
      },
    ),
    metricRate(
      'Push duration (99th percentile)',
      `histogram_quantile(0.99, ${perSecond('host, le', 'promtail_request_duration_seconds_bucket')})`,
      '{{host}}',
      { unit: 's' },
    ),
    metricRate('Retries', perSecond('instance', 'promtail_batch_retries_total'), '{{instance}}', {
      unit: 'cps',
    }),
    metricRate(
      'Entries given up, by reason',
      perSecond('reason', 'promtail_dropped_entries_total'),
      '{{reason}}',
      {
        unit: 'cps',
      },
    ),
    metricRate('Lines dropped by stages', perSecond('reason', 'logentry_dropped_lines_total'), '{{reason}}', {
      unit: 'cps',
    }),
    metricRate('Bytes sent', perSecond('instance', 'promtail_sent_bytes_total'), '{{instance}}', {
      unit: 'Bps',
      description: 'Compressed.',
    }),
    metricRate(
      'Events by stage and level',
      perSecond('stage, audit_level', 'kubeaudit_events_total'),
      '{{stage}} {{audit_level}}',
      {
        unit: 'eps',
      },
    ),
    metricRate(
      'Size of events (95th percentile)',
      `histogram_quantile(0.95, ${perSecond('le', 'kubeaudit_event_size_bytes_bucket')})`,
      'size',
      { unit: 'bytes' },
    ),
    metricRate('Redactions by rule', perSecond('rule', 'kubeaudit_redactions_total'), '{{rule}}', {
      unit: 'cps',
    }),
    metricRate(
      'Label values replaced by other',
      perSecond('label, reason', 'kubeaudit_label_overflow_total'),
      '{{label}}: {{reason}}',
      {
        unit: 'cps',
      },
    ),
    metricRate('Events cut to size', perSecond('part', 'kubeaudit_clipped_total'), '{{part}}', {
      unit: 'cps',
    }),
    metricRate('Lines that are no events', perSecond('reason', 'kubeaudit_unparsed_total'), '{{reason}}', {
      unit: 'cps',
    }),
    metricRate('Memory', `process_resident_memory_bytes${of}`, '{{instance}}', { unit: 'bytes' }),
    metricRate('CPU', perSecond('instance', 'process_cpu_seconds_total'), '{{instance}}', {
      unit: 'percentunit',
    }),
  ],
);
