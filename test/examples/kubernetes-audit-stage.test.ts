import { readFileSync } from 'node:fs';
import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.js';
import { auditMetrics } from '../../src/metrics/audit-metrics.js';
import { fieldNames } from '../../src/pipeline/kubernetes-audit/event-fields.js';
import { schema } from '../../src/pipeline/kubernetes-audit/options.js';
import { redactionSchema } from '../../src/pipeline/kubernetes-audit/redact/redaction-options.js';

const page = readFileSync(new URL('../../docs/kubernetes-audit.md', import.meta.url), 'utf8');

it('is a config that the agent takes, without a warning', async () => {
  const file = new URL('../../examples/kubernetes-audit-stage.yaml', import.meta.url).pathname;
  const { config, warnings } = await loadConfig(
    { file, expandEnv: true, onlySyntax: false, overrides: [] },
    {},
  );
  expect(warnings).toEqual([]);
  const stages = config.scrape_configs[0]!.pipeline_stages;
  expect(stages.map(({ kind }) => kind.name)).toEqual(['kubernetes_audit', 'labeldrop']);
  expect(stages[0]!.options).toMatchObject({
    labels: ['verb', 'user', 'resource', 'code'],
    redact: { objects: true, urls: true, patterns: true, copies: true, exec_commands: true },
  });
});

it('has a page that tells every option, field and metric', async () => {
  const options = Object.keys(schema.fields).filter((name) => !['redact', 'quarantine'].includes(name));
  for (const name of [...options, 'quarantine.file', 'quarantine.max_size'])
    expect(page).toContain(`| \`${name}\` |`);
  for (const name of Object.keys(redactionSchema.fields)) expect(page).toMatch(new RegExp(`\\| \`${name}: `));
  for (const name of fieldNames) expect(page).toContain(`\`${name}\``);
  const registry = new Registry();
  auditMetrics(registry);
  for (const { name } of await registry.getMetricsAsJSON())
    expect(page).toMatch(new RegExp(`\`${name.replace('kubeaudit_', '')}[\`{]`));
});
