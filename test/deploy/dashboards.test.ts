import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { dashboards, toJson } from '../../scripts/dashboards/all.js';
import type { Target } from '../../scripts/dashboards/grafana.js';
import { fieldNames } from '../../src/pipeline/kubernetes-audit/event-fields.js';
import { agentSeries, seriesLabels } from './agent-metrics.js';
import { fieldsOf, logqlProblems, withValues } from './logql-problems.js';
import { seriesOf } from './promql-names.js';

const fields = new Set<string>([...fieldNames, 'job', 'cluster', 'instance']);

it('has each dashboard as a file, and no other', () => {
  expect(
    readdirSync('deploy/grafana')
      .filter((name) => name.endsWith('.json'))
      .sort(),
  ).toEqual(
    Object.keys(dashboards)
      .map((name) => `${name}.json`)
      .sort(),
  );
});

describe.each(Object.entries(dashboards))('%s', (name, dashboard) => {
  const targets = (type: string): [string, Target][] =>
    dashboard.panels.flatMap(({ title, datasource, targets = [] }) =>
      datasource?.type === type ? targets.map((target): [string, Target] => [title, target]) : [],
    );

  it('is in its file as its source has it (npm run dashboards)', () => {
    expect(readFileSync(`deploy/grafana/${name}.json`, 'utf8')).toBe(toJson(dashboard));
  });

  it('asks Loki in LogQL, for fields that there are', () => {
    for (const [title, { expr }] of targets('loki')) {
      expect(logqlProblems(withValues(expr)), title).toEqual([]);
      expect(
        fieldsOf(expr).filter((field) => !fields.has(field)),
        title,
      ).toEqual([]);
    }
  });

  it('takes no field for a label that may be metadata', () => {
    for (const [title, { expr }] of targets('loki'))
      for (const [selector] of expr.matchAll(/\{\w+=~[^}]*\}/g))
        expect(selector, title).toBe('{job=~"$job", cluster=~"$cluster", instance=~"$instance"}');
  });

  it('asks Prometheus for series and labels that there are', () => {
    const known = agentSeries();
    for (const [title, { expr }] of targets('prometheus')) {
      const { metrics, labels } = seriesOf(withValues(expr));
      expect(metrics.length, title).toBeGreaterThan(0);
      expect(
        metrics.filter((metric) => !known.has(metric)),
        title,
      ).toEqual([]);
      expect(
        labels.filter((label) => !seriesLabels.has(label)),
        title,
      ).toEqual([]);
    }
  });

  it('uses variables that it has', () => {
    const has = new Set(dashboard.templating.list.map((variable) => (variable as { name: string }).name));
    const used = [...JSON.stringify(dashboard.panels).matchAll(/\$\{(\w+)(?::\w+)?\}|\$(\w+)/g)].map(
      (match) => match[1] ?? match[2]!,
    );
    expect(used.filter((variable) => !variable.startsWith('__') && !has.has(variable))).toEqual([]);
  });

  it('has panels that do not lie over each other', () => {
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(Math.max(...dashboard.panels.map(({ gridPos: { x, w } }) => x + w))).toBeLessThanOrEqual(24);
  });
});

it('knows a broken query when it sees one', () => {
  expect(logqlProblems('sum by (user) (count_over_time({job="a"} | user= [5m]))')).not.toEqual([]);
  expect(fieldsOf('{job="a"} | nobody="x"')).toContain('nobody');
  expect(seriesOf('sum by (nothing) (rate(no_such_total{nowhere="x"}[5m]))')).toEqual({
    metrics: ['no_such_total'],
    labels: ['nothing', 'nowhere'],
  });
});
