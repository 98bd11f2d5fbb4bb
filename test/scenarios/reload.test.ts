import { once } from 'node:events';
import { appendFileSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { stringify } from 'yaml';
import { freePort } from '../../demo/free-port.js';
import { LokiReceiver } from '../../demo/loki/receiver.js';
import { startAgent } from '../support/agent-process.js';
import { tempDir } from '../support/temp-dir.js';

interface Job {
  readonly name: string;
  /** Its port of syslog, or undefined for a job that reads `<name>.log`. */
  readonly port?: number;
  readonly stages?: readonly object[];
}

/** An agent with these jobs, and what it takes to change them. */
async function start(jobs: readonly Job[], { flags = [] }: { flags?: readonly string[] } = {}) {
  const dir = tempDir();
  const receiver = await LokiReceiver.start();
  onTestFinished(() => receiver.stop());
  const server = { http_listen_address: '127.0.0.1', http_listen_port: await freePort() };
  const textOf = (list: readonly Job[]) =>
    stringify({
      server: { ...server, enable_runtime_reload: true },
      positions: { filename: join(dir, 'positions.yaml') },
      clients: [{ url: receiver.pushUrl, batchwait: '50ms' }],
      scrape_configs: list.map(({ name, port, stages = [] }) => ({
        job_name: name,
        pipeline_stages: stages,
        ...(port === undefined
          ? { static_configs: [{ labels: { job: name, __path__: join(dir, `${name}.log`) } }] }
          : { syslog: { listen_address: `127.0.0.1:${port}`, labels: { job: name } } }),
      })),
    });
  const agent = await startAgent(textOf(jobs), { dir, flags });
  await agent.ready();
  const reloadText = async (text: string): Promise<[status: number, body: string]> => {
    writeFileSync(agent.configFile, text);
    const response = await fetch(`${agent.url}/reload`, { method: 'POST' });
    return [response.status, await response.text()];
  };
  const reload = (list: readonly Job[]) => reloadText(textOf(list));
  const write = (name: string, line: string) => appendFileSync(join(dir, `${name}.log`), `${line}\n`);
  const sender = async (port: number): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    await once(socket, 'connect');
    return socket;
  };
  /** Waits until these lines are there, by job. */
  const expectLines = (expected: Record<string, string[]>) =>
    expect.poll(() => linesByLabel(receiver), { timeout: 20_000 }).toEqual(new Map(Object.entries(expected)));
  return { agent, textOf, reload, reloadText, write, sender, expectLines };
}

function linesByLabel(receiver: LokiReceiver): Map<string, string[]> {
  const lines = new Map<string, string[]>();
  for (const { labels, line } of receiver.entries())
    lines.set(labels.job!, [...(lines.get(labels.job!) ?? []), line]);
  return lines;
}

const message = (text: string) => `<34>1 - - - - - - ${text}\n<34>1 - - - - - - \n`;

it('leaves targets that have not changed as they are', async () => {
  const port = await freePort();
  const kept: Job = { name: 'kept', port };
  const { agent, reload, write, sender, expectLines } = await start([kept, { name: 'a' }, { name: 'b' }]);
  const socket = await sender(port);
  write('a', 'one');
  write('b', 'one');
  socket.write(message('one'));
  await expectLines({ kept: ['one'], a: ['one'], b: ['one'] });

  const seen = agent.log.length;
  expect(await reload([kept, { name: 'a' }, { name: 'b', stages: [{ static_labels: { x: 'z' } }] }])).toEqual(
    [200, ''],
  );
  write('a', 'two');
  write('b', 'two');
  socket.write(message('two'));
  await expectLines({ kept: ['one', 'two'], a: ['one', 'two'], b: ['one', 'two'] });
  const tailed = agent.log.slice(seen).filter((line) => line.includes('tailing file'));
  expect(tailed.filter((line) => line.includes('job=b '))).not.toEqual([]);
  expect(tailed.filter((line) => line.includes('job=a '))).toEqual([]);
});

it('says why it cannot take a config, and goes on as it was', async () => {
  const port = await freePort();
  const jobs: Job[] = [{ name: 'in', port }, { name: 'a' }];
  const { agent, textOf, reload, reloadText, write, sender, expectLines } = await start(jobs);
  const socket = await sender(port);
  const seen = agent.log.length;
  expect(await reloadText('clients: [')).toEqual([500, expect.stringMatching(/config\.yaml:1:1\d/)]);
  expect(await reload([{ name: 'a', stages: [{ jsonn: {} }] }])).toEqual([
    500,
    expect.stringContaining("did you mean 'json'?"),
  ]);
  expect(await reload([{ name: 'a', stages: [{ regex: { expression: '(' } }] }])).toEqual([
    500,
    expect.stringContaining('scrape_configs[0].pipeline_stages[0].regex'),
  ]);
  expect(await reloadText(textOf(jobs))).toEqual([500, expect.stringContaining('config has not changed')]);
  expect(agent.log.slice(seen).filter((line) => line.includes('failed to reload config'))).toHaveLength(4);
  const page = await (await fetch(agent.url)).text();
  expect(page).toContain('<pre class="error">config has not changed</pre>');
  write('a', 'one');
  socket.write(message('one'));
  await expectLines({ in: ['one'], a: ['one'] });
});

it('warns of what it ignores in a new config, and of what takes effect at the next start only', async () => {
  const port = await freePort();
  const { agent, textOf, reloadText } = await start([{ name: 'in', port }]);
  const seen = agent.log.length;
  const changed = textOf([{ name: 'in', port, stages: [{ json: { expressions: { a: '' }, nope: 1 } }] }]);
  expect(await reloadText(changed.replace('server:\n', 'server:\n  log_level: warn\n'))).toEqual([200, '']);
  expect(agent.log.slice(seen).filter((line) => line.includes('level=warn'))).toEqual([
    expect.stringContaining('nope'),
    expect.stringContaining('the server block has changed'),
  ]);
});

it('goes on with what is piped in', async () => {
  const { agent, reload, expectLines } = await start([{ name: 'a' }], { flags: ['-stdin'] });
  agent.stdin.write('one\ntw');
  await expectLines({ a: ['one'] });
  expect(await reload([{ name: 'b' }])).toEqual([200, '']);
  agent.stdin.end('o\nthree\n');
  await expectLines({ a: ['one'], b: ['two', 'three'] });
  expect((await agent.ended()).code).toBe(0);
});

it('goes back to what it did when something new cannot start', async () => {
  const [port, taken] = [await freePort(), await freePort()];
  const other = createServer().listen(taken, '127.0.0.1');
  onTestFinished(() => void other.close());
  await once(other, 'listening');
  const jobs: Job[] = [{ name: 'gone' }, { name: 'in', port }, { name: 'a' }];
  const changed = (clash: number): Job[] => [
    { name: 'in', port, stages: [{ static_labels: { job: 'other' } }] },
    { name: 'clash', port: clash },
    { name: 'a' },
    { name: 'new' },
  ];
  const { reload, write, sender, expectLines } = await start(jobs);
  for (const name of ['gone', 'a', 'new']) write(name, 'one');
  await expectLines({ gone: ['one'], a: ['one'] });

  expect(await reload(changed(taken))).toEqual([
    500,
    expect.stringContaining(`address already in use 127.0.0.1:${taken}`),
  ]);
  for (const name of ['gone', 'a', 'new']) write(name, 'two');
  (await sender(port)).end(message('two'));
  await expectLines({ gone: ['one', 'two'], a: ['one', 'two'], in: ['two'] });

  expect(await reload(changed(await freePort()))).toEqual([200, '']);
  for (const name of ['gone', 'a', 'new']) write(name, 'three');
  (await sender(port)).end(message('three'));
  await expectLines({
    gone: ['one', 'two'],
    a: ['one', 'two', 'three'],
    in: ['two'],
    other: ['three'],
    new: ['one', 'two', 'three'],
  });
});
