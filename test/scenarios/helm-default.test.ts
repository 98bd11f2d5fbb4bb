import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { freePort } from '../../demo/free-port.js';
import { LokiReceiver } from '../../demo/loki/receiver.js';
import { startAgent } from '../support/agent-process.js';
import { FakeKubernetes } from '../support/fake-kubernetes.js';
import { tempDir } from '../support/temp-dir.js';
import { type ArrivedStream, addNode, arrived, helmConfig } from './helm-node.js';

/** What Promtail shipped; `record-helm-default.ts` wrote it. */
const recorded = JSON.parse(
  readFileSync(new URL('fixtures/helm-default-streams.json', import.meta.url), 'utf8'),
) as ArrivedStream[];

it("takes the Helm chart's config as it is", () => {
  const flags = ['-config.file=examples/helm-default.yaml', '-check-syntax'];
  const output = execFileSync(process.execPath, ['dist/auditail.js', ...flags], { encoding: 'utf8' });
  expect(output).toBe('Valid config file! No syntax issues found\n');
});

it('ships with it what Promtail ships: the same files, with the same labels', async () => {
  const dir = tempDir();
  const logs = join(dir, 'pods');
  const server = await new FakeKubernetes().start();
  onTestFinished(() => server.close());
  addNode(server, logs);
  const loki = await LokiReceiver.start();
  onTestFinished(() => loki.stop());
  const positions = join(dir, 'positions.yaml');
  const port = await freePort();
  const config = helmConfig({ apiServer: server.url.href, logs, loki: loki.pushUrl, positions, port });
  const agent = await startAgent(config, { dir, env: { HOSTNAME: 'node-1' } });
  await loki.lines(recorded.length, { timeoutMs: 20_000 });
  expect(arrived(loki.streams(), logs)).toEqual(recorded);

  // A pod that comes is read, and one that goes is left.
  server.remove('pods', 'jobs/once-x1');
  server.put('pods', {
    metadata: { name: 'late', namespace: 'shop', uid: '00000000-0000-4000-8000-gone' },
    spec: { nodeName: 'node-1', containers: [{ name: 'main', image: 'main:1' }] },
    status: { podIP: '10.244.0.9', phase: 'Running' },
  });
  await loki.lines(recorded.length + 1, { timeoutMs: 20_000 });
  expect(loki.streams().map(({ labels }) => labels.pod)).toContain('late');
  const targets = async () => await (await fetch(`${agent.url}/targets`)).text();
  await vi.waitFor(async () => expect(await targets()).not.toContain('once-x1'), { timeout: 20_000 });
});
