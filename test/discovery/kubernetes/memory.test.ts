import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, it, onTestFinished, vi } from 'vitest';
import { tempDir } from '../../support/temp-dir.js';
import { bigPod } from './big-pod.js';
import { startKubernetes } from './start-discovery.js';

interface Report {
  readonly groups: number;
  readonly updates: number;
  readonly rssMb: number;
}

const wait = { timeout: 50_000, interval: 200 };

it('holds ten thousand pods in less than 100 MB, while they change too', async () => {
  const server = await startKubernetes();
  const count = 10_000;
  for (let index = 0; index < count; index++) server.put('pods', bigPod(index, 0));
  const probe = await startProbe(server.url.href);
  const before = await probe.ask('report');

  await probe.ask('start');
  await vi.waitFor(async () => expect((await probe.ask('report')).groups).toBe(count), wait);
  const after = await probe.ask('report');
  await vi.waitFor(() => expect(server.watchCount).toBe(1), wait);

  // Every pod once more, with other labels.
  for (let index = 0; index < count; index++) {
    server.put('pods', bigPod(index, 1));
    if (index % 500 === 0) await new Promise(setImmediate);
  }
  await vi.waitFor(async () => expect((await probe.ask('report')).updates).toBe(2 * count), wait);
  const changed = await probe.ask('report');
  expect(after.rssMb - before.rssMb).toBeLessThan(100);
  expect(changed.rssMb - before.rssMb).toBeLessThan(100);
});

/** With a small young generation, as in the benchmark: by default Node lets it grow to some 50 MB under any load. */
async function startProbe(url: string): Promise<{ ask: (what: 'start' | 'report') => Promise<Report> }> {
  const outfile = join(tempDir(), 'probe.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'memory-probe.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
  const child = fork(outfile, [url], { execArgv: ['--max-semi-space-size=4'] });
  onTestFinished(() => {
    child.kill();
  });
  return {
    ask: async (what) => {
      child.send(what);
      const [report] = await once(child, 'message');
      return report as Report;
    },
  };
}
