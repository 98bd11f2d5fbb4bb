import { expect, it } from 'vitest';
import { chunkOf, stagesOf } from '../../support/stages.js';

it('waits until there are tokens for all lines', async () => {
  const started = performance.now();
  const { stages } = stagesOf('[{ limit: { rate: 100, burst: 1 } }]');
  expect(await stages.process(chunkOf(['a', 'b', 'c', 'd', 'e', 'f']).entries)).toHaveLength(6);
  // Five tokens at 100 a second; timers may be a millisecond early.
  expect(performance.now() - started).toBeGreaterThan(48);
});

it('lets what waits go on when the pipeline ends', async () => {
  const ending = new AbortController();
  const { stages } = stagesOf('[{ limit: { rate: 0.0000001, burst: 1 } }]', { signal: ending.signal });
  const waiting = stages.process(chunkOf(['a', 'b']).entries);
  ending.abort();
  expect(await waiting).toHaveLength(2);
});

it('fills the bucket as time goes by, and no further than burst', async () => {
  let nowMs = 0;
  const { stages, counted } = stagesOf('[{ limit: { rate: 1, burst: 2, drop: true } }]', {
    now: () => nowMs,
  });
  const passed = async (atMs: number) => {
    nowMs = atMs;
    return (await stages.process(chunkOf(['a', 'b', 'c', 'd']).entries)).length;
  };
  expect(await passed(0)).toBe(2);
  expect(await passed(999)).toBe(0);
  expect(await passed(1000)).toBe(1);
  expect(await passed(90_000)).toBe(2);
  expect(counted.dropped.get('ratelimit_drop_stage')).toBe(11);
});

it('forgets the buckets and counts of labels when enough others have come', async () => {
  const { stages, counted } = stagesOf(
    '[{ limit: { rate: 0.0000001, burst: 1, drop: true, by_label_name: app, max_distinct_labels: 10000 } }]',
  );
  const passed = async (app: string) => (await stages.process(chunkOf(['x'], { app }).entries)).length;
  expect([await passed('first'), await passed('first')]).toEqual([1, 0]);
  expect(counted.dropped.get('app=first')).toBe(1);
  for (let i = 0; i < 19_999; i++) await passed(`other ${i}`);
  expect(counted.dropped.get('app=first')).toBeUndefined();
  expect(await passed('first')).toBe(1);
});
