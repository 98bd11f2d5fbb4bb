import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { until } from '../../demo/until.js';
import { startAgent } from '../support/agent-process.js';
import { FakeElasticsearch } from '../support/fake-elasticsearch.js';
import { FakeSplunk, token } from '../support/fake-splunk.js';
import { tempDir } from '../support/temp-dir.js';
import { readText } from './read-example.js';

const events = readFileSync(new URL('../fixtures/audit-events.jsonl', import.meta.url), 'utf8');
const lines = events.trimEnd().split('\n');

/** The example at work on the fixture's events, with a secret in a file. */
async function run(name: string, secret: string, env: Record<string, string>) {
  const dir = tempDir();
  const auditLog = join(dir, 'audit.log');
  const secretFile = join(dir, 'secret');
  appendFileSync(auditLog, events);
  writeFileSync(secretFile, `${secret}\n`);
  const text = readText(`${name}.yaml`)
    .replace(/^server:\n(?: {2}.*\n)+/m, '')
    .replace(/^positions:\n(?: {2}.*\n)+/m, '');
  return startAgent(text, {
    dir,
    flags: ['-config.expand-env=true'],
    env: { AUDIT_LOG: auditLog, API_KEY_FILE: secretFile, SPLUNK_TOKEN_FILE: secretFile, ...env },
  });
}

it('elasticsearch.yaml ships events as objects, into the index of their day', {
  timeout: 30_000,
}, async () => {
  const elasticsearch = await FakeElasticsearch.start();
  await run('elasticsearch', 'a2V5', { ELASTICSEARCH_URL: elasticsearch.url, CLUSTER: 'test' });
  const count = () => elasticsearch.documents().length;
  await until(() => count() === lines.length, {
    describe: () => `${lines.length} documents, not ${count()}`,
  });
  for (const [index, documents] of elasticsearch.indices) {
    for (const document of documents.values()) {
      expect(index).toBe(`kubernetes-audit-${document['@timestamp'].slice(0, 10).replaceAll('-', '.')}`);
      expect(document.event).toMatchObject({ kind: 'Event' });
      expect(document.labels).toMatchObject({ cluster: 'test' });
    }
  }
  expect(elasticsearch.requests[0]!.headers.authorization).toBe('ApiKey a2V5');
});

it('splunk.yaml ships events with host and source, and has them acknowledged', {
  timeout: 30_000,
}, async () => {
  const splunk = await FakeSplunk.start();
  splunk.useAck = true;
  const agent = await run('splunk', token, { SPLUNK_URL: splunk.url, NODE_NAME: 'cp-1', CLUSTER: 'test' });
  await agent.waitForMetric('promtail_sent_entries_total', (value) => value === lines.length);
  expect(splunk.events).toHaveLength(lines.length);
  for (const event of splunk.events) {
    expect(event).toMatchObject({
      host: 'cp-1',
      source: 'kube-apiserver:test',
      sourcetype: 'kube:audit',
      index: 'kubernetes_audit',
      fields: { instance: 'cp-1' },
    });
  }
  expect(splunk.questions.length).toBeGreaterThan(0);
});
