import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { agentSeries, seriesLabels } from './agent-metrics.js';
import { logAlerts, metricAlerts } from './alert-files.js';
import { logqlProblems } from './logql-problems.js';
import { seriesOf } from './promql-names.js';

const pages = readdirSync('docs/runbooks')
  .filter((name) => name !== 'README.md')
  .map((name) => name.replace(/\.md$/, ''));
const alerts = new Set([...logAlerts(), ...metricAlerts()].map(({ alert }) => alert));

it('has a page for each alert, an alert for each page, and lists them all', () => {
  expect(pages.toSorted()).toEqual([...alerts].toSorted());
  const list = readFileSync('docs/runbooks/README.md', 'utf8');
  expect([...list.matchAll(/^\| \[(\w+)\]\(\1\.md\)/gm)].map((match) => match[1]).toSorted()).toEqual(
    pages.toSorted(),
  );
});

describe.each(pages)('%s', (name) => {
  const page = readFileSync(`docs/runbooks/${name}.md`, 'utf8');
  const blocks = (language: string) =>
    [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map((match) =>
      match[1]!.trim(),
    );

  it('says what it means, where it comes from, what to look at and what to do', () => {
    expect(page.match(/^#+ .*/gm)).toEqual([
      `# ${name}`,
      '## What it means',
      '## Likely causes',
      '## What to look at',
      '## What to do',
    ]);
    expect(page.match(/^- /gm)?.length).toBeGreaterThan(0);
    expect(page.match(/^1\. /gm)?.length).toBe(1);
  });

  it('tells the severity that the alert has', () => {
    const alert = [...logAlerts(), ...metricAlerts()].find((candidate) => candidate.alert === name);
    expect(page).toContain(`\nSeverity ${alert?.labels.severity};`);
  });

  it('has queries that can be run', () => {
    const logql = blocks('logql');
    const promql = blocks('promql');
    expect(logql.length + promql.length).toBeGreaterThan(0);
    for (const query of logql) expect(logqlProblems(query)).toEqual([]);
    const known = agentSeries();
    for (const query of promql) {
      const { metrics, labels } = seriesOf(query);
      expect(metrics.filter((metric) => !known.has(metric))).toEqual([]);
      expect(labels.filter((label) => !seriesLabels.has(label))).toEqual([]);
    }
  });

  it('leads to pages that there are', () => {
    for (const [, link] of page.matchAll(/\]\((\w+)\.md\)/g)) expect(pages).toContain(link);
  });
});
