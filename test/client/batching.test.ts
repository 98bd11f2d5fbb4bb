import { expect, it } from 'vitest';
import { Line } from '../../src/entry/line.js';
import { Metadata } from '../../src/entry/metadata.js';
import { Source, startClient } from './client-under-test.js';
import { startReceiver } from './start-receiver.js';

const never = '1h';

it('sends a batch when the next entry would make it larger than batchsize', async () => {
  const loki = await startReceiver();
  const { client } = await startClient({ url: loki.pushUrl, batchsize: 10, batchwait: never });
  const source = new Source();
  // 4 + 6 is just right; an entry larger than a batch is one of its own.
  client.push(source.entries('aaaa', 'bbbbbb', 'c', 'd'.repeat(30), 'e'));
  await loki.lines(4);
  expect(loki.requests.map(linesOf)).toEqual([['aaaa', 'bbbbbb'], ['c'], ['d'.repeat(30)]]);
  await client.close(AbortSignal.timeout(5000));
  expect(loki.requests.map(linesOf).at(-1)).toEqual(['e']);
  expect(source.settled).toBe(5);
});

it('counts metadata for the size of a batch', async () => {
  const loki = await startReceiver();
  const { client } = await startClient({ url: loki.pushUrl, batchsize: 20, batchwait: never });
  const entries = new Source().entries('a', 'b', 'c');
  // Each counts 1 for the line and 8 for the pair as encoded.
  for (const entry of entries) entry.metadata = Metadata.of([['ab', 'cd']]);
  client.push(entries);
  await loki.lines(2);
  expect(loki.requests.map(linesOf)).toEqual([['a', 'b']]);
});

it('sends a batch once it is batchwait old, and not before', async () => {
  const loki = await startReceiver();
  const { client } = await startClient({ url: loki.pushUrl, batchwait: '300ms' });
  const startedAt = performance.now();
  client.push(new Source().entries('a'));
  await loki.lines(1);
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(299);
});

it('lets a batch that is due grow while the one before is on its way', async () => {
  const loki = await startReceiver();
  const answered = Promise.withResolvers<void>();
  loki.answer({ kind: 'normal', until: answered.promise });
  const { client } = await startClient({ url: loki.pushUrl, batchwait: '1ms' });
  const source = new Source();
  client.push(source.entries('a'));
  await loki.waitFor(() => loki.requests.length === 1);
  client.push(source.entries('b'));
  await new Promise((resolve) => setTimeout(resolve, 50));
  client.push(source.entries('c'));
  answered.resolve();
  await loki.lines(3);
  expect(loki.requests.map(linesOf)).toEqual([['a'], ['b', 'c']]);
});

it('groups by stream and keeps the order within each', async () => {
  const loki = await startReceiver();
  const { client } = await startClient({ url: loki.pushUrl });
  const [get, list] = [new Source({ verb: 'get' }), new Source({ verb: 'list' })];
  client.push([...get.entries('g1'), ...list.entries('l1', 'l2'), ...get.entries('g2')]);
  await loki.lines(4);
  expect(loki.requests).toHaveLength(1);
  expect(
    loki.requests[0]!.streams.map(({ labels, entries }) => [labels, entries.map(({ line }) => String(line))]),
  ).toEqual([
    ['{verb="get"}', ['g1', 'g2']],
    ['{verb="list"}', ['l1', 'l2']],
  ]);
});

it('adds external labels, of which the own ones of an entry win', async () => {
  const loki = await startReceiver();
  const { client } = await startClient({
    url: loki.pushUrl,
    external_labels: { cluster: 'c1', job: 'external' },
  });
  client.push(new Source({ job: 'own' }).entries('a'));
  await loki.lines(1);
  expect(loki.requests[0]!.streams[0]!.labels).toBe('{cluster="c1", job="own"}');
});

it('sends each tenant its own batches', async () => {
  const loki = await startReceiver();
  const { client } = await startClient({ url: loki.pushUrl, tenant_id: 'fallback' });
  client.push([
    ...new Source({ a: '1', __tenant_id__: 'red' }).entries('r'),
    ...new Source({ a: '1' }).entries('f'),
    ...new Source({ a: '1', __tenant_id__: 'grün' }).entries('g'),
  ]);
  await loki.lines(3);
  const sent = loki.requests.map((request) => [
    request.tenant,
    request.streams[0]!.labels,
    ...linesOf(request),
  ]);
  expect(sent).toEqual([
    ['red', '{a="1"}', 'r'],
    ['fallback', '{a="1"}', 'f'],
    // Node reads header bytes one by one.
    [Buffer.from('grün').toString('latin1'), '{a="1"}', 'g'],
  ]);
});

it('takes the tenant from external labels too', async () => {
  const loki = await startReceiver();
  const { client } = await startClient({ url: loki.pushUrl, external_labels: { __tenant_id__: 'ext' } });
  client.push(new Source().entries('a'));
  await loki.lines(1);
  expect(loki.requests[0]).toMatchObject({ tenant: 'ext', streams: [{ labels: '{job="test"}' }] });
});

it('drops lines over max_line_size and counts them', async () => {
  const loki = await startReceiver();
  const limits = { maxLineSize: 4, maxLineSizeTruncate: false, maxStreams: 0 };
  const { client, metric } = await startClient({ url: loki.pushUrl }, { limits });
  const source = new Source();
  client.push(source.entries('four', 'fünf', 'ok'));
  expect(await loki.lines(2)).toEqual(['four', 'ok']);
  await source.settles(3);
  const labels = { reason: 'line_too_long' };
  expect(await metric('promtail_dropped_entries_total', labels)).toBe(1);
  expect(await metric('promtail_dropped_bytes_total', labels)).toBe(5);
});

it('cuts lines over max_line_size to just that many bytes, where the config says so', async () => {
  const loki = await startReceiver();
  const limits = { maxLineSize: 2, maxLineSizeTruncate: true, maxStreams: 0 };
  const { client, metric } = await startClient({ url: loki.pushUrl }, { limits });
  const entries = new Source().entries('fünf', Buffer.from('..fünf'), 'ok');
  entries[1]!.line = Line.ofBytes(Buffer.from('..fünf'), 2, 7);
  client.push(entries);
  await loki.lines(3);
  const lines = loki.requests[0]!.streams[0]!.entries.map(({ line }) => line.toString('latin1'));
  expect(lines).toEqual(['f\xc3', 'f\xc3', 'ok']);
  expect(entries[0]!.line.text).toBe('fünf');
  const labels = { reason: 'line_too_long' };
  expect(await metric('promtail_mutated_entries_total', labels)).toBe(2);
  expect(await metric('promtail_mutated_bytes_total', labels)).toBe(6);
});

it('starts the next batch at the stream that is too many for one', async () => {
  const loki = await startReceiver();
  const limits = { maxLineSize: 0, maxLineSizeTruncate: false, maxStreams: 2 };
  const { client } = await startClient({ url: loki.pushUrl }, { limits });
  const [a, b, c] = ['a', 'b', 'c'].map((name) => new Source({ name })) as [Source, Source, Source];
  client.push([
    ...a.entries('1'),
    ...b.entries('2'),
    ...a.entries('3'),
    ...c.entries('4'),
    ...b.entries('5'),
  ]);
  await loki.lines(5);
  expect(loki.requests.map(linesOf)).toEqual([
    ['1', '3', '2'],
    ['5', '4'],
  ]);
});

function linesOf(request: { streams: readonly { entries: { line: Buffer }[] }[] }): string[] {
  return request.streams.flatMap(({ entries }) => entries.map(({ line }) => String(line)));
}
