import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { AgentProcess } from '../../demo/agent-process.js';
import { freePort } from '../../demo/free-port.js';
import { LokiReceiver } from '../../demo/loki/receiver.js';
import { startAgent } from '../support/agent-process.js';
import { tempDir } from '../support/temp-dir.js';

const senderLabel: object[] = [{ regex: { expression: '^(?P<sender>\\w+)' } }, { labels: { sender: '' } }];

/** An agent that is pushed to, with a disk queue or without. */
async function start(receiver: LokiReceiver, wal?: object, stages = senderLabel) {
  const dir = tempDir();
  const pushPort = await freePort();
  const agent = await startAgent(
    {
      ...(wal && { wal: { enabled: true, dir: join(dir, 'wal'), ...wal } }),
      clients: [
        {
          url: receiver.pushUrl,
          batchwait: '100ms',
          backoff_config: { min_period: '50ms', max_period: '200ms', max_retries: 0 },
        },
      ],
      scrape_configs: [
        {
          job_name: 'push/in',
          loki_push_api: {
            server: { http_listen_address: '127.0.0.1', http_listen_port: pushPort },
            labels: { job: 'push' },
          },
          pipeline_stages: stages,
        },
      ],
    },
    { dir },
  );
  const post = async (body: string): Promise<number> => {
    try {
      const url = `http://127.0.0.1:${pushPort}/promtail/api/v1/raw`;
      return (await fetch(url, { method: 'POST', body, signal: AbortSignal.timeout(20_000) })).status;
    } catch {
      return 0;
    }
  };
  await agent.ready();
  return { agent, post, dir };
}

/** Sends so many requests of two lines each, each until it is answered with success. */
async function sendAll(
  post: (body: string) => Promise<number>,
  sender: string,
  requests: number,
): Promise<string[]> {
  const lines: string[] = [];
  for (let i = 0; i < requests; i++) {
    const pair = [`${sender} ${i} a`, `${sender} ${i} b`];
    while ((await post(pair.join('\n'))) !== 204) await sleep(20);
    lines.push(...pair);
  }
  return lines;
}

async function killSometimes(agent: AgentProcess, times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    await sleep(300 + 150 * i);
    await agent.kill();
    agent.restart();
    await agent.ready();
  }
}

const linesOf = (receiver: LokiReceiver) => receiver.entries().map(({ line }) => line);
const withoutRepeats = (lines: readonly string[]) => [...new Set(lines)];

it.each([
  ['with a disk queue', {}],
  ['without', undefined],
])(
  'loses nothing that it has answered with success, however often it is killed: %s',
  { timeout: 90_000 },
  async (_, wal) => {
    await using receiver = await LokiReceiver.start();
    const { agent, post } = await start(receiver, wal);
    const [sent] = await Promise.all([
      Promise.all(['x', 'y', 'z'].map((sender) => sendAll(post, sender, 30))),
      killSometimes(agent, 4),
    ]);
    await receiver.waitFor(() => withoutRepeats(linesOf(receiver)).length === 180, { describe: 'all lines' });
    for (const lines of sent) {
      const own = linesOf(receiver).filter((line) => line.startsWith(lines[0]![0]!));
      expect(withoutRepeats(own)).toEqual(lines);
    }
  },
);

it('answers at once while Loki is away, and sends everything when it is back, in order', {
  timeout: 60_000,
}, async () => {
  await using receiver = await LokiReceiver.start();
  const { agent, post } = await start(receiver, {});
  await receiver.unplug();
  const begun = performance.now();
  const before = await sendAll(post, 'x', 100);
  expect(performance.now() - begun).toBeLessThan(20_000);
  await agent.kill();
  agent.restart();
  await agent.waitForLog('what the run before has left in the queue');
  await agent.ready();
  const after = await sendAll(post, 'y', 10);
  expect(await agent.metric('auditail_queue_bytes', { job: 'push/in' })).toBeGreaterThan(0);
  await receiver.listen();
  expect(await receiver.lines(220, { timeoutMs: 20_000 })).toEqual([...before, ...after]);
  expect(receiver.streams().map(({ labels }) => labels)).toEqual(
    expect.arrayContaining([expect.objectContaining({ job: 'push', sender: 'x' })]),
  );
  await agent.waitForMetric('auditail_queue_bytes', (bytes) => bytes < 100_000, {
    labels: { job: 'push/in' },
  });
  expect(await agent.stop()).toMatchObject({ code: 0 });
  agent.restart();
  await agent.ready();
  await sendAll(post, 'z', 1);
  await receiver.lines(222);
  expect(receiver.duplicates).toBe(0);
});

it('sends senders away while Loki is away and there is no disk queue', { timeout: 60_000 }, async () => {
  await using receiver = await LokiReceiver.start();
  const { post } = await start(receiver);
  await receiver.unplug();
  const lines = ['x early'];
  expect(await post(lines[0]!)).toBe(503);
  await receiver.listen();
  expect(await sendAll(post, 'y', 1)).toHaveLength(2);
  expect(withoutRepeats(await receiver.lines(3))).toEqual(['x early', 'y 0 a', 'y 0 b']);
});

it('goes on with what the queue holds when a reload changes the clients or the job', {
  timeout: 60_000,
}, async () => {
  await using receiver = await LokiReceiver.start();
  await using other = await LokiReceiver.start();
  const { agent, post } = await start(receiver, {});
  await receiver.unplug();
  const first = await sendAll(post, 'x', 5);
  const config = readFileSync(agent.configFile, 'utf8');
  writeFileSync(agent.configFile, config.replace(receiver.pushUrl, other.pushUrl));
  agent.signal('SIGHUP');
  expect(withoutRepeats(await other.lines(10, { timeoutMs: 20_000 }))).toEqual(first);
  const changed = config.replace(receiver.pushUrl, other.pushUrl).replace('job: push', 'job: changed');
  writeFileSync(agent.configFile, changed);
  const logged = agent.log.length;
  agent.signal('SIGHUP');
  await agent.waitForLog('config reloaded', { after: logged });
  const second = await sendAll(post, 'y', 2);
  await other.waitFor(() => withoutRepeats(linesOf(other)).length === 14);
  expect(withoutRepeats(linesOf(other))).toEqual([...first, ...second]);
});

it('takes secrets out before lines reach the disk', { timeout: 60_000 }, async () => {
  await using receiver = await LokiReceiver.start();
  const { post, dir } = await start(receiver, {}, [
    { replace: { expression: 'token=(\\S+)', replace: '***' } },
  ]);
  await receiver.unplug();
  expect(await post('who=dana token=hunter2')).toBe(204);
  const wal = readdirSync(join(dir, 'wal'), { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => readFileSync(join(file.parentPath, file.name), 'latin1'))
    .join('');
  expect(wal).toContain('who=dana token=***');
  expect(wal).not.toContain('hunter2');
  await receiver.listen();
  expect(await receiver.lines(1)).toEqual(['who=dana token=***']);
});
