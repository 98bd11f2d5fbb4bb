import { expect, it } from 'vitest';
import { Paces } from '../../src/client/pace.js';
import { Source, startClient } from './client-under-test.js';
import { startReceiver } from './start-receiver.js';

it.each([
  ['a tenant', { ingestionRate: 200_000, ingestionBurst: 100_000 }],
  ['a stream', { streamRate: 196 * 1024, streamBurst: 98 * 1024 }],
])('keeps to the limit of %s once it is told, and uses it', async (_, limits) => {
  const loki = await startReceiver({ limits });
  const { client } = await startClient({ url: loki.pushUrl, batchsize: 20_000 });
  const source = new Source();
  const lines = Array.from({ length: 60 }, (_, i) => `${i} ${'x'.repeat(10_000)}`);
  const startMs = performance.now();
  await client.push(source.entries(...lines));
  await source.settles(60);
  expect(loki.entries().map(({ line }) => line)).toEqual(lines);
  expect(loki.requests.filter(({ status }) => status === 429).length).toBeLessThan(4);
  // 500 kB over the burst, at 200 kB a second.
  expect(performance.now() - startMs).toBeLessThan(8000);
});

it('waits as long as what was sent takes at the limit, each tenant for itself, and for 15 s', () => {
  const paces = new Paces();
  paces.sent('a', 1_000_000, 0);
  expect(paces.waitMs('a', 0)).toBe(0);
  paces.limited('a', 1000, 0);
  expect(paces.waitMs('a', 0)).toBe(0);
  paces.sent('a', 950, 0);
  paces.sent('a', 950, 0);
  expect(paces.waitMs('a', 500)).toBe(1500);
  expect(paces.waitMs('b', 500)).toBe(0);
  expect(paces.waitMs('a', 3000)).toBe(0);
  paces.sent('a', 95_000, 3000);
  expect(paces.waitMs('a', 14_999)).toBeGreaterThan(80_000);
  expect(paces.waitMs('a', 15_000)).toBe(0);
});
