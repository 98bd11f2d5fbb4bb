import { expect, it } from 'vitest';
import { Source, startClient } from './client-under-test.js';
import { startReceiver } from './start-receiver.js';

it('sends the same batch again until it is accepted', async () => {
  const loki = await startReceiver();
  loki.answer(
    { kind: 'status', status: 500 },
    { kind: 'status', status: 429 },
    { kind: 'close' },
    { kind: 'reset-mid-body' },
    { kind: 'status', status: 503 },
    { kind: 'half-reply', part: 'status-line' },
  );
  const { client, logged, metric } = await startClient({ url: loki.pushUrl });
  const source = new Source();
  client.push(source.entries('a', 'b'));
  await source.settles(2);
  expect(loki.entries().map(({ line }) => line)).toEqual(['a', 'b']);
  expect(await metric('promtail_batch_retries_total')).toBe(6);
  expect(await metric('promtail_sent_entries_total')).toBe(2);
  expect(await metric('promtail_dropped_entries_total')).toBe(0);
  const told = logged.filter(({ msg }) => msg === 'error sending batch, will retry');
  expect(told.map(({ status }) => status)).toEqual([500, 429, -1, -1, 503, -1]);
});

it('counts attempts by status, those without an answer as -1', async () => {
  const loki = await startReceiver();
  loki.answer({ kind: 'status', status: 500 }, { kind: 'close' });
  const { client, registry } = await startClient({ url: loki.pushUrl });
  const source = new Source();
  client.push(source.entries('a'));
  await source.settles(1);
  const page = await registry.metrics();
  for (const status of ['500', '-1', '204']) {
    expect(page).toMatch(
      new RegExp(`promtail_request_duration_seconds_count{status_code="${status}",host="[^"]+"} 1`),
    );
  }
});

it('keeps trying for as long as Loki is away', async () => {
  const loki = await startReceiver();
  await loki.unplug();
  const { client, metric } = await startClient({ url: loki.pushUrl });
  const source = new Source();
  client.push(source.entries('a'));
  while (((await metric('promtail_batch_retries_total')) ?? 0) < 12) await new Promise(setImmediate);
  expect(source.settled).toBe(0);
  await loki.listen();
  expect(await loki.lines(1)).toEqual(['a']);
  await source.settles(1);
});

it('gives a request up after the timeout, body included, and tries again', async () => {
  const loki = await startReceiver();
  loki.answer({ kind: 'hang' });
  const { client, logged } = await startClient({ url: loki.pushUrl, timeout: '100ms' });
  const source = new Source();
  client.push(source.entries('a'));
  await source.settles(1);
  expect(logged[0]).toMatchObject({ status: -1, error: `Post "${loki.pushUrl}": no answer within 100 ms` });
});

it.each([
  ['seconds', () => '1'],
  ['a date', () => new Date(Date.now() + 2000).toUTCString()],
])('waits as long as the server asks for in %s', async (_, retryAfter) => {
  const loki = await startReceiver();
  loki.answer({ kind: 'status', status: 429, headers: { 'retry-after': retryAfter() } });
  const config = { url: loki.pushUrl, backoff_config: { min_period: '1ms', max_period: '1m' } };
  const { client } = await startClient(config);
  client.push(new Source().entries('a'));
  await loki.waitFor(() => loki.requests.length === 1);
  const refusedAt = performance.now();
  await loki.lines(1);
  expect(performance.now() - refusedAt).toBeGreaterThan(900);
});

it('does not wait longer than max_period, whatever the server asks for', async () => {
  const loki = await startReceiver();
  loki.answer({ kind: 'status', status: 503, headers: { 'retry-after': '3600' } });
  const { client } = await startClient({ url: loki.pushUrl });
  client.push(new Source().entries('a'));
  await loki.lines(1);
});

it('makes max_retries attempts where it is set, then drops the batch', async () => {
  const loki = await startReceiver();
  loki.answerWith(() => ({ kind: 'status', status: 500, body: 'broken\nreally' }));
  const config = {
    url: loki.pushUrl,
    backoff_config: { min_period: '1ms', max_period: '2ms', max_retries: 3 },
  };
  const { client, logged, metric } = await startClient(config);
  const source = new Source();
  client.push(source.entries('a', 'b'));
  await source.settles(2);
  expect(loki.requests).toHaveLength(3);
  expect(await metric('promtail_batch_retries_total')).toBe(3);
  expect(await metric('promtail_dropped_entries_total', { reason: 'ingester_error' })).toBe(2);
  expect(await metric('promtail_dropped_bytes_total', { reason: 'ingester_error' })).toBe(
    loki.requests[0]!.bodyBytes,
  );
  expect(logged.at(-1)).toMatchObject({
    msg: 'final error sending batch',
    status: 500,
    error: 'server returned HTTP status 500 Internal Server Error (500): broken',
  });
});

it('counts a batch as rate limited when that was the last answer', async () => {
  const loki = await startReceiver();
  loki.answer({ kind: 'status', status: 500 }, { kind: 'status', status: 429 });
  const config = {
    url: loki.pushUrl,
    backoff_config: { min_period: '1ms', max_period: '2ms', max_retries: 2 },
  };
  const { client, metric } = await startClient(config);
  const source = new Source();
  client.push(source.entries('a'));
  await source.settles(1);
  expect(await metric('promtail_dropped_entries_total', { reason: 'rate_limited' })).toBe(1);
});

it('drops rate limited batches at once where the config says so', async () => {
  const loki = await startReceiver();
  loki.answer({ kind: 'status', status: 500 }, { kind: 'status', status: 429 });
  const { client, logged, metric } = await startClient({
    url: loki.pushUrl,
    drop_rate_limited_batches: true,
  });
  const source = new Source();
  client.push(source.entries('a'));
  await source.settles(1);
  expect(loki.requests).toHaveLength(2);
  expect(await metric('promtail_batch_retries_total')).toBe(1);
  expect(await metric('promtail_dropped_entries_total', { reason: 'rate_limited' })).toBe(1);
  expect(logged.at(-1)?.msg).toBe('dropping batch due to rate limiting applied at ingester');
});

it.each([401, 403, 404, 405, 408, 302])('waits for a wrong setting to be mended: %i', async (status) => {
  const loki = await startReceiver();
  const answer = { kind: 'status', status, body: 'no', headers: { location: '/login' } } as const;
  loki.answer(answer, answer, answer);
  const { client, logged, metric } = await startClient({ url: loki.pushUrl });
  const source = new Source();
  client.push(source.entries('a'));
  await source.settles(1);
  expect(loki.requests).toHaveLength(4);
  expect(await metric('promtail_batch_retries_total')).toBe(3);
  // Told once, for as long as it stays the same.
  expect(logged.filter(({ level }) => level === 50)).toHaveLength(1);
});

it('drops at once what is refused for good where max_retries is set', async () => {
  const loki = await startReceiver();
  loki.answer({ kind: 'status', status: 403 });
  const { client, metric } = await startClient({ url: loki.pushUrl, backoff_config: { max_retries: 10 } });
  const source = new Source();
  client.push(source.entries('a'));
  await source.settles(1);
  expect(loki.requests).toHaveLength(1);
  expect(await metric('promtail_dropped_entries_total', { reason: 'ingester_error' })).toBe(1);
});

it('takes an answer of 400 by an address that never took anything for a wrong address', async () => {
  const loki = await startReceiver();
  const answer = { kind: 'status', status: 400, body: '<html><title>400 Bad Request</title>' } as const;
  loki.answer(answer, answer);
  const { client, metric } = await startClient({ url: loki.pushUrl });
  const source = new Source();
  client.push(source.entries('a', 'b'));
  await source.settles(2);
  expect(loki.requests).toHaveLength(3);
  expect(await metric('promtail_dropped_entries_total')).toBe(0);
});

it('does not let one tenant wait for another', async () => {
  const loki = await startReceiver();
  loki.answerWith(({ tenant }) => (tenant === 'slow' ? { kind: 'status', status: 429 } : undefined));
  const { client } = await startClient({ url: loki.pushUrl, batchsize: 1 });
  const [slow, quick] = ['slow', 'quick'].map((tenant) => new Source({ a: 'b', __tenant_id__: tenant })) as [
    Source,
    Source,
  ];
  const room = client.push(slow.entries('1', '2', '3', '4'));
  expect(room).toBeInstanceOf(Promise);
  for (let i = 0; i < 20; i++) await client.push(quick.entries(`q${i}`));
  await quick.settles(19);
  expect(slow.settled).toBe(0);
  loki.answerWith(() => undefined);
  await room;
});
