import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { until } from '../../demo/until.js';
import { startAgent } from '../support/agent-process.js';
import { tempDir } from '../support/temp-dir.js';
import { readText } from './read-example.js';

const events = readFileSync(new URL('../fixtures/audit-events.jsonl', import.meta.url));

it('counts events without any log store, each once over a restart', { timeout: 30_000 }, async () => {
  const dir = tempDir();
  const auditLog = join(dir, 'audit.log');
  appendFileSync(auditLog, events);
  const text = readText('metrics-only.yaml')
    .replace(/^server:\n(?: {2}.*\n)+/m, '')
    .replace(/^positions:\n(?: {2}.*\n)+/m, '');
  const agent = await startAgent(text, {
    dir,
    flags: ['-config.expand-env=true'],
    env: { AUDIT_LOG: auditLog },
  });
  await agent.ready();
  const lines = events.toString().trimEnd().split('\n').length;
  await agent.waitForMetric('promtail_read_lines_total', (value) => value === lines);
  const counted = await agent.waitForMetric('kubeaudit_requests_total', (value) => value > 0);
  expect(await agent.metric('kubeaudit_denied_total')).toBeGreaterThan(0);
  const { clients } = (await (
    await fetch(agent.url, { headers: { accept: 'application/json' } })
  ).json()) as {
    clients: { url: string; pending_entries: number }[];
  };
  expect(clients).toMatchObject([{ url: '', pending_entries: 0 }]);

  await agent.stop();
  const positions = () => readFileSync(join(dir, 'positions.yaml'), 'utf8');
  await until(() => positions().includes(`"${events.length}"`), { describe: positions });
  agent.restart();
  await agent.ready();
  appendFileSync(auditLog, events);
  await agent.waitForMetric('promtail_read_lines_total', (value) => value === lines);
  expect(await agent.metric('kubeaudit_requests_total')).toBe(counted);
});
