const common = { hide: 0, skipUrlSync: false };

/** Which data sources to ask. */
export const sources = [source('loki', 'Logs', 'loki'), source('prometheus', 'Metrics', 'prometheus')];

/** Which streams to look at. They are labels in every profile; a label the agent does not set is no hindrance. */
export const streams = [
  labelValues('job', 'Job', '', 'kube-audit'),
  labelValues('cluster', 'Cluster', '{job=~"$job"}'),
  labelValues('instance', 'API server', '{job=~"$job", cluster=~"$cluster"}'),
];

/** Which agents. */
export const agents = [
  metricValues('cluster', 'Cluster', 'label_values(promtail_build_info, cluster)'),
  metricValues('instance', 'Agent', 'label_values(promtail_build_info{cluster=~"$cluster"}, instance)'),
];

/** A field of which Loki cannot list the values, as it may be metadata: typed in, as a regular expression. */
export function typed(name: string, label: string, value = '.*') {
  return { ...common, name, label, type: 'textbox', query: value, current: { text: value, value } };
}

function source(name: string, label: string, type: string) {
  return { ...common, name, label, type: 'datasource', query: type, regex: '', multi: false, current: {} };
}

function labelValues(name: string, label: string, stream: string, chosen?: string) {
  return {
    ...many(name, label, chosen),
    datasource: { type: 'loki', uid: '${loki}' },
    query: { label: name, refId: 'variable', stream, type: 1 },
  };
}

function metricValues(name: string, label: string, query: string) {
  return {
    ...many(name, label),
    datasource: { type: 'prometheus', uid: '${prometheus}' },
    query: { query, refId: 'variable' },
  };
}

function many(name: string, label: string, chosen?: string) {
  const current =
    chosen === undefined ? { text: ['All'], value: ['$__all'] } : { text: [chosen], value: [chosen] };
  // Loki refuses a query in which no matcher asks for something; `.+` does, and `.*` takes streams without the label, too.
  const allValue = name === 'job' ? '.+' : '.*';
  return {
    ...common,
    name,
    label,
    type: 'query',
    refresh: 2,
    includeAll: true,
    multi: true,
    allValue,
    sort: 1,
    current,
  };
}
