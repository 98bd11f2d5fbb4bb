import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { lokiDefaults } from '../../demo/loki/limits.js';
import type { Fault } from './fault.js';
import type { FaultRig } from './rig.js';

const megabyte = 1024 * 1024;

/** Some 24 MB: more than a client holds. */
const backlogLines = 20_000;

/** A heap that breathes, and the batches that a client holds; the backlog itself is as much again. */
const maxGrowthBytes = 100 * megabyte;

/** The first one tells the limit. With several streams, one may have to wait for more than the tenant's. */
const maxRefused = 3;

/** More is written than Loki takes. */
export const pressure: readonly Fault[] = [
  {
    name: 'loki-away-for-long',
    promise:
      'bounded memory; the backlog is told; then as fast as Loki’s rate limits let it without running into them, nothing lost',
    quickCycles: 1,
    options: {
      log: { maxBytes: 4 * megabyte, compress: false },
      client: { batchsize: megabyte, backoff_config: { min_period: '500ms', max_period: '1s' } },
      receiver: {
        limits: {
          ingestionRate: lokiDefaults.ingestionRate,
          ingestionBurst: lokiDefaults.ingestionBurst,
          streamRate: lokiDefaults.streamRate,
          streamBurst: lokiDefaults.streamBurst,
        },
      },
    },
    async cycle(rig) {
      await rig.arrived();
      const before = residentBytes(rig);
      await rig.receiver.unplug();
      rig.writer.write(backlogLines);
      await rig.agent.waitForMetric('auditail_backlog_files', (files) => files >= 2, { timeoutMs: 20_000 });
      await rig.agent.waitForMetric('auditail_backlog_bytes', (bytes) => bytes > megabyte);
      const response = await fetch(`${rig.agent.url}/ready`, { headers: { accept: 'application/json' } });
      const { backlog_bytes: backlog } = (await response.json()) as { backlog_bytes: number };
      if (response.status !== 200 || !(backlog > megabyte))
        throw new Error(`/ready tells of ${backlog} bytes`);
      await sleep(1000);
      const growth = residentBytes(rig) - before;
      if (growth > maxGrowthBytes) throw new Error(`memory grew by ${growth} bytes while Loki was away`);
      const requests = rig.receiver.requestCount;
      await rig.receiver.listen();
      await rig.arrived();
      const refused = rig.receiver.requests.slice(requests).filter(({ status }) => status === 429).length;
      if (refused > maxRefused) throw new Error(`${refused} pushes came too fast`);
    },
  },
];

function residentBytes(rig: FaultRig): number {
  const status = readFileSync(`/proc/${rig.agent.pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)![1]) * 1024;
}
