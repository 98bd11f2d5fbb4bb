import { expect, it } from 'vitest';
import { until } from '../../demo/until.js';
import { Source, startClient } from './client-under-test.js';
import { startReceiver } from './start-receiver.js';

it('pushes entries and settles them once they are accepted', async () => {
  const loki = await startReceiver();
  const { client, metric } = await startClient({ url: loki.pushUrl });
  const source = new Source();
  client.push(source.entries('a', 'b'));
  expect(await loki.lines(2)).toEqual(['a', 'b']);
  await source.settles(2);
  const labels = { host: new URL(loki.url).host };
  expect(await metric('promtail_sent_entries_total', labels)).toBe(2);
  expect(await metric('promtail_sent_bytes_total', labels)).toBe(loki.bodyBytes);
  expect(await metric('promtail_encoded_bytes_total', labels)).toBe(loki.bodyBytes);
});

it('shows what is usual to be dropped as zero from the first entry on', async () => {
  const loki = await startReceiver();
  const { client, registry } = await startClient({ url: loki.pushUrl, tenant_id: 'me' });
  client.push(new Source().entries('a'));
  const page = await registry.metrics();
  for (const reason of ['ingester_error', 'rate_limited', 'stream_limited', 'line_too_long']) {
    const labels = `{host="${new URL(loki.url).host}",tenant="me",reason="${reason}"}`;
    expect(page).toContain(`promtail_dropped_entries_total${labels} 0`);
    expect(page).toContain(`promtail_mutated_bytes_total${labels} 0`);
  }
});

it('sends lines as they are, be they UTF-8 or not', async () => {
  const loki = await startReceiver();
  const { client } = await startClient({ url: loki.pushUrl });
  const source = new Source();
  client.push(source.entries('', 'smörgås 😀', Buffer.from([0xff, 0x00, 0x80]), 'lone \udcff'));
  await source.settles(4);
  const lines = loki.requests[0]!.streams[0]!.entries.map(({ line }) => line.toString('hex'));
  expect(lines).toEqual([
    '',
    Buffer.from('smörgås 😀').toString('hex'),
    'ff0080',
    `${Buffer.from('lone ').toString('hex')}ff`,
  ]);
});

it('needs the bytes of a chunk only until push returns', async () => {
  const loki = await startReceiver();
  const { client } = await startClient({ url: loki.pushUrl });
  const chunk = Buffer.from('before');
  client.push(new Source().entries(chunk));
  chunk.fill('x');
  expect(await loki.lines(1)).toEqual(['before']);
});

it('makes the source wait while one batch is on its way and two are ready', async () => {
  const loki = await startReceiver();
  const answered = Promise.withResolvers<void>();
  loki.answer({ kind: 'normal', until: answered.promise });
  const { client } = await startClient({ url: loki.pushUrl, batchsize: 1 });
  const source = new Source();
  expect(client.push(source.entries('1'))).toBeUndefined();
  expect(client.push(source.entries('2'))).toBeUndefined();
  expect(client.push(source.entries('3'))).toBeUndefined();
  const room = client.push(source.entries('4'));
  expect(room).toBeInstanceOf(Promise);
  let isRoom = false;
  void room?.then(() => {
    isRoom = true;
  });
  await loki.waitFor(() => loki.requests.length === 1);
  expect(isRoom).toBe(false);
  answered.resolve();
  await room;
});

it('says how it is doing', async () => {
  const loki = await startReceiver();
  const mended = Promise.withResolvers<void>();
  loki.answer({ kind: 'status', status: 500, body: 'no disk' }, { kind: 'normal', until: mended.promise });
  const { client } = await startClient({ url: loki.pushUrl.replace('//', '//me:secret@'), name: 'main' });
  const source = new Source();
  client.push(source.entries('abc'));
  expect(client.state()).toMatchObject({
    name: 'main',
    url: loki.pushUrl.replace('//', '//me:%2A%2A%2A%2A%2A%2A%2A%2A@'),
    pendingEntries: 1,
    pendingBytes: 3,
    pendingBatches: 1,
    lastStatus: undefined,
  });
  await until(() => client.state().lastStatus === 500, { describe: () => 'the answer' });
  expect(client.state().lastError).toBe(
    'server returned HTTP status 500 Internal Server Error (500): no disk',
  );
  mended.resolve();
  await source.settles(1);
  expect(client.state()).toMatchObject({
    pendingEntries: 0,
    pendingBytes: 0,
    lastStatus: 204,
    lastError: undefined,
    sentEntries: 1,
  });
  const counted = client.state().answers.map(({ status, pushes }) => [status, pushes]);
  expect(Object.fromEntries(counted)).toMatchObject({ 204: 1, 500: expect.any(Number) });
});
