import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LokiReceiver } from '../../demo/loki/receiver.js';
import { FakeKubernetes } from '../support/fake-kubernetes.js';
import { addNode, arrived, helmConfig } from './helm-node.js';

// Records what Promtail ships with the Helm chart's config: `npx tsx test/scenarios/record-helm-default.ts <promtail>`.

const directory = mkdtempSync(join(tmpdir(), 'record-'));
const logs = join(directory, 'pods');
const server = await new FakeKubernetes().start();
addNode(server, logs);
const loki = await LokiReceiver.start();
const file = join(directory, 'config.yaml');
writeFileSync(
  file,
  helmConfig({
    apiServer: server.url.href,
    logs,
    loki: loki.pushUrl,
    positions: join(directory, 'positions.yaml'),
    port: 0,
  }),
);
const env = { ...process.env, HOSTNAME: 'node-1' };
const child = execFile(process.argv[2]!, [`-config.file=${file}`], { env, maxBuffer: 1 << 26 });
await sleep(15_000);
const ended = once(child, 'exit');
child.kill();
await ended;
const recorded = arrived(loki.streams(), logs);
writeFileSync(
  new URL('fixtures/helm-default-streams.json', import.meta.url),
  `${JSON.stringify(recorded, undefined, 2)}\n`,
);
console.log(recorded.length);
await Promise.all([server.close(), loki.stop()]);
rmSync(directory, { recursive: true });
