import { describe, expect, it } from 'vitest';
import { fieldNames } from '../../src/pipeline/kubernetes-audit/event-fields.js';
import { agentSeries, seriesLabels } from './agent-metrics.js';
import { logAlerts, metricAlerts } from './alert-files.js';
import { fieldsOf, logqlProblems } from './logql-problems.js';
import { seriesOf } from './promql-names.js';

const fields = new Set<string>([...fieldNames, 'job', 'cluster', 'instance']);

describe.each(logAlerts())('log alert $alert', ({ alert, expr, annotations, labels }) => {
  it('is LogQL', () => {
    expect(logqlProblems(expr)).toEqual([]);
  });

  it('asks for fields that there are, and takes none but job for a label', () => {
    expect(fieldsOf(expr).filter((field) => !fields.has(field))).toEqual([]);
    expect([...expr.matchAll(/\{(job[^}]*)\}/g)].map((match) => match[1])).toEqual(
      expr
        .split('{job')
        .slice(1)
        .map(() => 'job="kube-audit"'),
    );
  });

  it('is told of in full', () => {
    expect(labels.severity).toMatch(/^(critical|warning|info)$/);
    expect(annotations.description).toMatch(/\.$/);
    expect(annotations.runbook_url).toMatch(new RegExp(`/${alert}$`));
  });

  it('quotes what clients choose', () => {
    expect(annotations.summary).not.toMatch(/\{\{ \$labels\.(user|imp|agent|namespace|source_ip|img)\b/);
  });
});

describe.each(metricAlerts())('metric alert $alert', ({ alert, expr, annotations, labels }) => {
  it('asks for series and labels that there are', () => {
    const { metrics, labels: asked } = seriesOf(expr);
    const known = agentSeries();
    expect(metrics.length).toBeGreaterThan(0);
    expect(metrics.filter((metric) => !known.has(metric))).toEqual([]);
    expect(asked.filter((label) => !seriesLabels.has(label))).toEqual([]);
  });

  it('is told of in full', () => {
    expect(labels.severity).toMatch(/^(critical|warning|info)$/);
    expect(annotations.description).toMatch(/\.$/);
    expect(annotations.runbook_url).toMatch(new RegExp(`/${alert}$`));
  });
});

it('has as many alerts as the tests above have gone through', () => {
  expect(logAlerts().length).toBeGreaterThan(40);
  expect(metricAlerts().length).toBeGreaterThan(35);
});

it('gives an alert of both kinds one severity', () => {
  const severities = new Map(logAlerts().map(({ alert, labels }) => [alert, labels.severity]));
  for (const { alert, labels } of metricAlerts())
    expect(severities.get(alert) ?? labels.severity).toBe(labels.severity);
});
