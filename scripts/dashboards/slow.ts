import { dashboard, logLines, logRate, logTable, metricRate } from './grafana.js';
import { userLink } from './links.js';
import { count, lines, short, top, who } from './logql.js';
import { sources, streams, typed } from './variables.js';

const cluster = 'cluster=~"$cluster"';
const verb = '| verb=~"${verb}"';
const slow = '|= `"apiserver.latency.k8s.io/total"`';

function latency(quantile: number): string {
  return `quantile_over_time(${quantile}, ${lines(short, verb, '| latency_ms!="" | unwrap latency_ms')} [$__auto]) by (verb)`;
}

/** The API server tells the parts of requests that took over half a second. */
function part(name: string): string {
  const json = `| json part=\`annotations["apiserver.latency.k8s.io/${name}"]\``;
  return `quantile_over_time(0.95, ${lines(`|= \`"apiserver.latency.k8s.io/${name}"\``, short, verb, json, '| unwrap duration(part) | __error__=""')} [$__auto]) by (resource)`;
}

export const slowCalls = dashboard(
  'slow',
  'Slow API calls',
  'How long the API server takes, and where slow requests lose their time: etcd, webhooks, or waiting for their turn.',
  [...sources, ...streams, typed('verb', 'Verb')],
  [
    logRate('Median latency by verb', latency(0.5), '{{verb}}', { unit: 'ms' }),
    logRate('99th percentile by verb', latency(0.99), '{{verb}}', { unit: 'ms' }),
    metricRate(
      'Where slow requests lose time (95th percentile)',
      `histogram_quantile(0.95, sum by (component, le) (rate(kubeaudit_slow_request_component_seconds_bucket{${cluster}}[$__rate_interval])))`,
      '{{component}}',
      { unit: 's', description: 'Of requests that took over half a second. Counted by the agents.' },
    ),
    logRate('etcd, in slow requests (95th percentile)', part('etcd'), '{{resource}}', { unit: 's' }),
    logRate('Mutating webhooks, in slow requests', part('mutating-webhook'), '{{resource}}', { unit: 's' }),
    logRate('Waiting for their turn, in slow requests', part('apf-queue-wait'), '{{resource}}', {
      unit: 's',
    }),
    logTable(
      'Slowest resources (99th percentile, ms)',
      top(
        15,
        `quantile_over_time(0.99, ${lines(short, verb, '| latency_ms!="" | unwrap latency_ms')} [$__range]) by (verb, resource)`,
      ),
    ),
    logTable(
      'Who makes slow requests',
      top(15, count('user, verb, resource', '$__range', slow, short, verb, who)),
      {
        user: userLink,
      },
    ),
    logLines(
      'Slow requests',
      lines(
        slow,
        short,
        verb,
        '| json total=`annotations["apiserver.latency.k8s.io/total"]`, etcd=`annotations["apiserver.latency.k8s.io/etcd"]`, uri="requestURI"',
        who,
        '| line_format `{{.total}} (etcd {{.etcd}}) {{.code}} {{.user}} {{.verb}} {{.uri}}`',
      ),
    ),
  ],
);
