import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { LokiReceiver } from '../../demo/loki/receiver.js';
import { startAgent } from '../support/agent-process.js';
import { FakeCloudWatch } from '../support/fake-cloudwatch.js';
import { readText } from './read-example.js';

const events = readFileSync(new URL('../fixtures/audit-events.jsonl', import.meta.url), 'utf8');
const lines = events.trimEnd().split('\n');

it('eks.yaml ships what CloudWatch has, one stream of labels a server', { timeout: 30_000 }, async () => {
  await using receiver = await LokiReceiver.start();
  const cloudWatch = await FakeCloudWatch.start();
  const now = Date.now();
  for (const [index, line] of lines.entries())
    cloudWatch.put(now - 60_000 + index, line, `kube-apiserver-audit-${index % 2}`);
  cloudWatch.put(now, 'I1123 not an audit event', 'kube-apiserver-0');
  const text = readText('eks.yaml')
    .replace(/^server:\n(?: {2}.*\n)+/m, '')
    .replace(/^positions:\n(?: {2}.*\n)+/m, '');
  await startAgent(text, {
    flags: ['-config.expand-env=true'],
    env: {
      CLUSTER: 'prod',
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'AKID',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: cloudWatch.url,
      LOKI_URL: `${receiver.url}/loki/api/v1/push`,
    },
  });
  await receiver.lines(lines.length);
  for (const { labels } of receiver.streams()) {
    expect(labels).toMatchObject({ job: 'kube-audit', cluster: 'prod' });
    expect(['0', '1']).toContain(labels.instance);
  }
  expect(cloudWatch.queries[0]).toMatchObject({
    logGroupName: '/aws/eks/prod/cluster',
    logStreamNamePrefix: 'kube-apiserver-audit-',
  });
});
