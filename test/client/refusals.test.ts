import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { ReceivedRequest } from '../../demo/loki/receiver.js';
import { until } from '../../demo/until.js';
import { Metadata } from '../../src/entry/metadata.js';
import { tempDir } from '../support/temp-dir.js';
import { Source, startClient } from './client-under-test.js';
import { startReceiver } from './start-receiver.js';

const lines = Array.from({ length: 100 }, (_, index) => `line ${index}`);

it('splits a batch that is too large, and keeps the order', async () => {
  const loki = await startReceiver();
  loki.answerWith((request) => (countOf(request) > 30 ? { kind: 'status', status: 413 } : undefined));
  const { client, metric } = await startClient({ url: loki.pushUrl });
  const source = new Source();
  client.push(source.entries(...lines));
  await source.settles(100);
  expect(loki.entries().map(({ line }) => line)).toEqual(lines);
  expect(loki.requests.map(countOf)).toEqual([100, 50, 25, 25, 50, 25, 25]);
  expect(await metric('promtail_dropped_entries_total')).toBe(0);
  expect(await metric('promtail_sent_entries_total')).toBe(100);
});

it('splits a batch that is too large only when unpacked', async () => {
  const loki = await startReceiver({ limits: { maxRequestSize: 1000 } });
  const { client } = await startClient({ url: loki.pushUrl });
  const source = new Source();
  client.push(source.entries(...lines));
  await source.settles(100);
  expect(loki.entries().map(({ line }) => line)).toEqual(lines);
  expect(loki.requests[0]?.status).toBe(400);
});

it('drops an entry that is too large by itself', async () => {
  const loki = await startReceiver();
  loki.answerWith((request) =>
    linesOf(request).includes('line 7') ? { kind: 'status', status: 413 } : undefined,
  );
  const { client, metric } = await startClient({ url: loki.pushUrl });
  const source = new Source();
  client.push(source.entries(...lines));
  await source.settles(100);
  expect(loki.entries()).toHaveLength(99);
  expect(await metric('promtail_dropped_entries_total', { reason: 'request_body_too_large' })).toBe(1);
});

it('drops just the entries that Loki refuses, with its reason', async () => {
  const loki = await startReceiver({ limits: { maxLineSize: 50 } });
  const { client, logged, metric } = await startClient({ url: loki.pushUrl });
  const source = new Source();
  const mixed = lines.map((line, index) => (index === 13 || index === 80 ? line.padEnd(60, '.') : line));
  client.push(source.entries(...mixed));
  await source.settles(100);
  expect(loki.entries()).toHaveLength(98);
  expect(await metric('promtail_dropped_entries_total')).toBe(2);
  expect(await metric('promtail_dropped_entries_total', { reason: 'line_too_long' })).toBe(2);
  expect(loki.requests.length).toBeLessThan(40);
  // One line, however many entries.
  expect(logged.map(({ msg, entries }) => [msg, entries])).toEqual([['final error sending batch', 2]]);
});

it('finds each of several refused entries', async () => {
  const loki = await startReceiver({ limits: { maxLineSize: 20 } });
  const { client, metric } = await startClient({ url: loki.pushUrl });
  const source = new Source();
  const many = Array.from({ length: 1000 }, (_, index) => `${index}`.padEnd(index % 150 === 7 ? 30 : 1));
  client.push(source.entries(...many));
  await source.settles(1000);
  expect(loki.entries()).toHaveLength(993);
  expect(await metric('promtail_dropped_entries_total')).toBe(7);
});

it('finds out at a bounded cost that a batch is bad throughout', async () => {
  const loki = await startReceiver({ limits: { maxAgeMs: 1000 } });
  const { client, metric } = await startClient({ url: loki.pushUrl });
  const source = new Source();
  const many = Array.from({ length: 2000 }, (_, index) => `old ${index}`);
  client.push(source.entries(...many));
  await source.settles(2000);
  expect(loki.requests.length).toBeLessThan(50);
  expect(await metric('promtail_dropped_entries_total', { reason: 'greater_than_max_sample_age' })).toBe(
    2000,
  );
});

it('looks at every entry where the words of a refusal are not Loki’s, as nothing says that it kept the good ones', async () => {
  const loki = await startReceiver();
  const { client } = await startClient({ url: loki.pushUrl });
  const source = new Source();
  client.push(source.entries('first'));
  await source.settles(1);
  loki.answerWith((request) =>
    linesOf(request).some((line) => Number(line) % 2 === 1)
      ? { kind: 'status', status: 400, body: 'odd' }
      : undefined,
  );
  client.push(source.entries(...Array.from({ length: 200 }, (_, index) => String(index))));
  await source.settles(201);
  expect(loki.entries()).toHaveLength(101);
});

it('retries a part as it would retry the whole', async () => {
  const loki = await startReceiver();
  let requests = 0;
  loki.answerWith((request) => {
    requests += 1;
    if (countOf(request) > 2) return { kind: 'status', status: 413 };
    return requests % 2 === 0 ? { kind: 'status', status: 503 } : undefined;
  });
  const { client } = await startClient({ url: loki.pushUrl });
  const source = new Source();
  client.push(source.entries('1', '2', '3', '4'));
  await source.settles(4);
  expect(loki.entries().map(({ line }) => line)).toEqual(['1', '2', '3', '4']);
});

it('settles nothing of a batch before all of its parts are done', async () => {
  const loki = await startReceiver();
  const second = Promise.withResolvers<void>();
  loki.answer({ kind: 'status', status: 413 }, { kind: 'normal' }, { kind: 'normal', until: second.promise });
  const { client } = await startClient({ url: loki.pushUrl });
  const source = new Source();
  client.push(source.entries('1', '2'));
  await loki.waitFor(() => loki.requests.length === 3);
  expect(source.settled).toBe(0);
  second.resolve();
  await source.settles(2);
});

it('keeps what is refused as dead letters before it settles it', async () => {
  const loki = await startReceiver({ limits: { maxLineSize: 10 } });
  const dir = join(tempDir(), 'dead', 'letters');
  const { client } = await startClient({
    url: loki.pushUrl,
    name: 'main',
    tenant_id: 'me',
    dead_letter: dir,
  });
  const source = new Source({ job: 'audit' });
  const entries = source.entries(
    'fine',
    'this is too long',
    Buffer.from([...Buffer.from('binary: '), 0xff, 0xfe, 0xfd]),
  );
  for (const entry of entries) entry.metadata = Metadata.of([['user', 'jürgen']]);
  client.push(entries);
  await source.settles(3);
  const [name] = readdirSync(dir);
  expect(name).toMatch(/^main-\d{4}-\d\d-\d\d\.jsonl$/);
  expect(statSync(join(dir, name!)).mode & 0o777).toBe(0o600);
  const letters = readLetters(dir);
  expect(letters).toEqual([
    {
      time: '2023-11-14T22:13:21.000000005Z',
      labels: { job: 'audit' },
      line: 'this is too long',
      metadata: { user: 'jürgen' },
      tenant: 'me',
      status: 400,
      reason: 'line_too_long',
      error: expect.stringContaining("max entry size '10' bytes exceeded"),
    },
    expect.objectContaining({
      line_b64: Buffer.from([...Buffer.from('binary: '), 0xff, 0xfe, 0xfd]).toString('base64'),
    }),
  ]);
});

it('keeps entries that no push can carry, alone of their batch', async () => {
  const loki = await startReceiver();
  const dir = tempDir();
  const { client, metric, logged } = await startClient({ url: loki.pushUrl, dead_letter: dir });
  const source = new Source();
  const entries = source.entries('before', 'year 0', 'year 10000', 'after');
  entries[1]!.seconds = -62_150_000_000;
  entries[2]!.seconds = 253_402_300_800;
  const badTenant = new Source({ __tenant_id__: 'a\nb' });
  await client.push([...entries, ...badTenant.entries('x')]);
  await source.settles(4);
  await badTenant.settles(1);
  expect(loki.entries().map(({ line }) => line)).toEqual(['before', 'after']);
  expect(await metric('promtail_dropped_entries_total', { reason: 'invalid_timestamp' })).toBe(2);
  expect(await metric('promtail_dropped_entries_total', { reason: 'invalid_tenant' })).toBe(1);
  expect(readLetters(dir).map(({ line, time, tenant, reason }) => [line, time, tenant, reason])).toEqual([
    ['year 0', '0000-07-18T07:06:40.000000005Z', '', 'invalid_timestamp'],
    ['year 10000', '253402300800.000000005', '', 'invalid_timestamp'],
    ['x', '2023-11-14T22:13:20.000000005Z', 'a\nb', 'invalid_tenant'],
  ]);
  expect(logged.filter(({ level }) => level === 50)).toHaveLength(2);
});

it('settles such entries at once where there are no dead letters', async () => {
  const loki = await startReceiver();
  const { client } = await startClient({ url: loki.pushUrl });
  const source = new Source({ __tenant_id__: 'a\0b' });
  expect(client.push(source.entries('x'))).toBeUndefined();
  expect(source.settled).toBe(1);
});

it('holds on to an entry for as long as its dead letter cannot be written', async () => {
  const loki = await startReceiver({ limits: { maxLineSize: 10 } });
  const dir = join(tempDir(), 'dead');
  writeFileSync(dir, 'a file where the directory should be');
  const { client, logged } = await startClient({ url: loki.pushUrl, dead_letter: dir });
  const source = new Source();
  client.push(source.entries('this is too long'));
  const isTold = () => logged.some(({ msg }) => String(msg).startsWith('cannot write dead letters'));
  await until(isTold, { describe: () => 'the complaint' });
  expect(source.settled).toBe(0);
  rmSync(dir);
  await source.settles(1);
  expect(readLetters(dir)).toHaveLength(1);
});

it('keeps what it gives up after max_retries as well', async () => {
  const loki = await startReceiver();
  loki.answerWith(() => ({ kind: 'status', status: 500 }));
  const dir = tempDir();
  const { client } = await startClient({
    url: loki.pushUrl,
    dead_letter: dir,
    backoff_config: { max_retries: 1 },
  });
  const source = new Source();
  client.push(source.entries('a', 'b'));
  await source.settles(2);
  expect(readLetters(dir).map(({ line, status, reason }) => [line, status, reason])).toEqual([
    ['a', 500, 'ingester_error'],
    ['b', 500, 'ingester_error'],
  ]);
});

function readLetters(dir: string): Record<string, unknown>[] {
  const text = readdirSync(dir)
    .map((name) => readFileSync(join(dir, name), 'utf8'))
    .join('');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

function linesOf(request: ReceivedRequest): string[] {
  return request.streams.flatMap(({ entries }) => entries.map(({ line }) => String(line)));
}

function countOf(request: ReceivedRequest): number {
  return linesOf(request).length;
}
