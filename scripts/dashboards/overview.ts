import { dashboard, logRate, logStat, logTable, metricStat } from './grafana.js';
import { userLink } from './links.js';
import { count, denied, ended, lines, rate, top, who } from './logql.js';
import { sources, streams } from './variables.js';

export const overview = dashboard(
  'overview',
  'Overview',
  'Who asks the API server for what, and how it answers.',
  [...sources, ...streams],
  [
    logStat('Requests', `sum(count_over_time(${lines(ended)} [$__range]))`),
    logStat('Refused (401, 403)', `sum(count_over_time(${lines(ended, denied)} [$__range]))`),
    logStat('Server errors (5xx)', `sum(count_over_time(${lines(ended, '| code=~"5.."')} [$__range]))`),
    logStat('Throttled (429)', `sum(count_over_time(${lines(ended, '| code="429"')} [$__range]))`),
    metricStat('Newest event', 'time() - max(kubeaudit_last_event_timestamp_seconds)', {
      unit: 's',
      bad: 300,
      description: 'How old the newest event is that has been shipped.',
    }),
    metricStat('Not read yet', 'sum(auditail_backlog_bytes)', { unit: 'bytes', bad: 100e6 }),
    logRate('Requests by verb', rate('verb', ended), '{{verb}}', { unit: 'reqps' }),
    logRate('Answers by code', rate('code', ended), '{{code}}', { unit: 'reqps' }),
    logRate('Throttled and failed', rate('code', ended, '| code=~"429|5.."'), '{{code}}', { unit: 'reqps' }),
    logRate(
      'Log volume by API server',
      `sum by (instance) (bytes_rate(${lines()} [$__auto]))`,
      '{{instance}}',
      { unit: 'Bps' },
    ),
    logTable('Most active users', top(10, count('user', '$__range', ended, who, '| user!=""')), {
      user: userLink,
    }),
    logTable('Most used resources', top(10, count('resource, verb', '$__range', ended, '| resource!=""'))),
    logTable('Namespaces', top(10, count('namespace', '$__range', ended, '| namespace!=""')), {}, { w: 8 }),
    logTable(
      'Deprecated APIs',
      count(
        'resource, user, gone',
        '$__range',
        '|= `"k8s.io/deprecated":"true"`',
        '| json gone=`annotations["k8s.io/removed-release"]`',
        who,
      ),
      { user: userLink },
      { w: 16, description: 'With the release that has them no more.' },
    ),
    logRate('Events by level of the policy', rate('audit_level'), '{{audit_level}}', { unit: 'eps' }),
    logTable(
      'Old service-account tokens',
      count('user', '$__range', '|= `authentication.k8s.io/stale-token`', who),
      { user: userLink },
    ),
  ],
);
