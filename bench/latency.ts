import { once } from 'node:events';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../demo/free-port.js';
import { LokiReceiver } from '../demo/loki/receiver.js';
import { configFor, startAgent } from './run-job.js';

const lines = 1000;
const lineEveryMs = 20;

/** How long a line takes from when it is written to when its push has come, with `batchwait: 1s`. */
export async function runLatency(
  command: string,
  printRow: (cells: readonly string[]) => void,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const log = join(folder, 'audit.log');
  const config = join(folder, 'config.yaml');
  const tookMs: number[] = [];
  const receiver = await LokiReceiver.start();
  receiver.answerWith(({ streams }) => {
    const now = Date.now();
    for (const { entries } of streams)
      for (const { line } of entries) tookMs.push(now - (JSON.parse(line.toString()) as { at: number }).at);
    return undefined;
  });
  const write = () => appendFileSync(log, `${JSON.stringify({ at: Date.now() })}\n`);
  write();
  const receiverPort = Number(new URL(receiver.url).port);
  writeFileSync(
    config,
    configFor({ paths: log, stages: '[]' }, folder, receiverPort, await freePort(), '1s'),
  );
  const agent = startAgent(command.replaceAll('{config}', config));
  await receiver.waitFor(() => tookMs.length === 1, { timeoutMs: 30_000 });
  tookMs.length = 0;
  for (let line = 0; line < lines; line++) {
    write();
    await sleep(lineEveryMs);
  }
  await receiver.waitFor(() => tookMs.length === lines, { timeoutMs: 30_000 });
  agent.kill('SIGKILL');
  await once(agent, 'exit');
  await receiver.stop();
  rmSync(folder, { recursive: true, force: true });
  const sorted = tookMs.toSorted((a, b) => a - b);
  const at = (share: number) => `${sorted[Math.floor(share * (lines - 1))]} ms`;
  printRow(['latency, batchwait 1s', 'auditail', '', '', `p50 ${at(0.5)}`, '', `p99 ${at(0.99)}`]);
}
