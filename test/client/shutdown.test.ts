import { expect, it } from 'vitest';
import { until } from '../../demo/until.js';
import { tempDir } from '../support/temp-dir.js';
import { Source, startClient } from './client-under-test.js';
import { startReceiver } from './start-receiver.js';

it('sends what is in open batches before it stops', async () => {
  const loki = await startReceiver();
  const { client } = await startClient({ url: loki.pushUrl, batchwait: '1h' });
  const [a, b] = [new Source({ a: 'b', __tenant_id__: 'a' }), new Source({ a: 'b', __tenant_id__: 'b' })];
  client.push([...a.entries('1'), ...b.entries('2')]);
  await client.close(AbortSignal.timeout(10_000));
  expect([a.settled, b.settled]).toEqual([1, 1]);
  expect(loki.requests).toHaveLength(2);
});

it('tries again until the deadline, without sitting out a long wait', async () => {
  const loki = await startReceiver();
  loki.answer(
    { kind: 'status', status: 503, headers: { 'retry-after': '3600' } },
    { kind: 'status', status: 503 },
  );
  const backoff_config = { min_period: '10ms', max_period: '1h' };
  const { client } = await startClient({ url: loki.pushUrl, backoff_config });
  const source = new Source();
  client.push(source.entries('a'));
  await until(() => client.state().lastStatus === 503, { describe: () => 'the answer' });
  await client.close(AbortSignal.timeout(10_000));
  expect(source.settled).toBe(1);
});

it.each([
  ['is gone', async (loki: Loki) => loki.unplug()],
  ['never answers', async (loki: Loki) => loki.answerWith(() => ({ kind: 'hang' }))],
  [
    'is overloaded',
    async (loki: Loki) =>
      loki.answerWith(() => ({ kind: 'status', status: 429, headers: { 'retry-after': '60' } })),
  ],
])('stops at the deadline when Loki %s, and leaves unsettled what is not sent', async (_, spoil) => {
  const loki = await startReceiver();
  await spoil(loki);
  const { client, logged } = await startClient({ url: loki.pushUrl, batchsize: 1 });
  const source = new Source();
  const room = client.push(source.entries('1', '2', '3', '4'));
  expect(room).toBeInstanceOf(Promise);
  const startedAt = performance.now();
  await client.close(AbortSignal.timeout(300));
  expect(performance.now() - startedAt).toBeLessThan(2000);
  expect(source.settled).toBe(0);
  expect(client.state().pendingEntries).toBe(4);
  expect(logged.at(-1)).toMatchObject({
    entries: 4,
    msg: expect.stringContaining('stopped before all entries were sent'),
  });
  // Who waits for room is let go.
  await room;
});

it('stops at once when there is nothing to send, be it that all was dropped', async () => {
  const limits = { maxLineSize: 1, maxLineSizeTruncate: false, maxStreams: 0 };
  const { client } = await startClient({ url: 'http://127.0.0.1:1/' }, { limits });
  const source = new Source();
  client.push(source.entries('too long'));
  const deadline = AbortSignal.timeout(10_000);
  await client.close(deadline);
  expect(deadline.aborted).toBe(false);
  expect(source.settled).toBe(1);
});

it('takes nothing any more once it is closed', async () => {
  const loki = await startReceiver();
  const { client } = await startClient({ url: loki.pushUrl });
  await client.close(AbortSignal.timeout(1000));
  const source = new Source();
  expect(client.push(source.entries('a'))).toBeUndefined();
  expect(client.state().pendingEntries).toBe(0);
  expect(source.settled).toBe(0);
});

it('does not wait for dead letters beyond the deadline', async () => {
  const loki = await startReceiver();
  const { client } = await startClient({ url: loki.pushUrl, dead_letter: `${tempDir()}/\0` });
  const source = new Source({ __tenant_id__: 'a\nb' });
  const room = client.push(source.entries('a'));
  await client.close(AbortSignal.timeout(50));
  await room;
  expect(source.settled).toBe(0);
});

type Loki = Awaited<ReturnType<typeof startReceiver>>;
