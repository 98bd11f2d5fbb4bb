import { expect, it } from 'vitest';
import type { Entry } from '../../src/entry/entry.js';
import { limitLineRate } from '../../src/pipeline/line-rate.js';
import { TokenBucket } from '../../src/pipeline/token-bucket.js';
import { entriesOf } from '../support/entries.js';

function limited(drop: boolean, perSecond: number, burst: number) {
  const out: string[] = [];
  let dropped = 0;
  const sink = limitLineRate(
    { push: (entries: Entry[]) => void out.push(...entries.map((entry) => entry.line.text)) },
    {
      drop,
      bucket: new TokenBucket(perSecond, burst, () => 0),
      dropped: { add: (by) => (dropped += by) },
      signal: new AbortController().signal,
    },
  );
  return { sink, out, dropped: () => dropped };
}

it('drops what is over the rate, counts and settles it', () => {
  const { sink, out, dropped } = limited(true, 1, 2);
  const { entries, settled } = entriesOf(['1', '2', '3']);
  expect(sink.push(entries)).toBeUndefined();
  expect(out).toEqual(['1', '2']);
  expect(dropped()).toBe(1);
  expect(settled()).toBe(1);
});

it('waits instead when it may not drop', async () => {
  const { sink, out } = limited(false, 1000, 2);
  const wait = sink.push(entriesOf(['1', '2', '3']).entries);
  expect(out).toEqual([]);
  await wait;
  expect(out).toEqual(['1', '2', '3']);
});
