import { expect, it } from 'vitest';
import { LabelSets } from '../../src/entry/labels.js';
import type { ExpectedEntry } from '../../src/verify/expected-entry.js';
import { Gaps } from '../../src/verify/gaps.js';
import { windowsOf } from '../../src/verify/windows.js';

const sets = new LabelSets();

function entry(
  second: number,
  {
    state = 'missing',
    tenant = 'a',
    labels = { job: 'x' },
  }: Partial<Pick<ExpectedEntry, 'state' | 'tenant'>> & { labels?: Record<string, string> } = {},
): ExpectedEntry {
  const time = BigInt(second) * 1_000_000_000n;
  return { time, tenant, labels: sets.of(Object.entries(labels)), line: 'l', size: 1, isHeld: false, state };
}

it('puts what is missing within a minute into one gap, with what is there in between', () => {
  const gaps = new Gaps();
  gaps.note(entry(0, { state: 'there' }));
  gaps.note(entry(1));
  gaps.note(entry(2, { state: 'there' }));
  gaps.note(entry(3, { labels: { job: 'y' } }));
  gaps.note(entry(4, { state: 'elsewhere' }));
  gaps.note(entry(5, { state: 'there' }));
  gaps.note(entry(100));
  gaps.note(entry(101, { tenant: 'b' }));
  expect(gaps.all).toMatchObject([
    { tenant: 'a', from: 1_000_000_000n, to: 4_000_000_000n, entries: 3, elsewhere: 1, expected: 4 },
    { tenant: 'a', from: 100_000_000_000n, entries: 1, expected: 1 },
    { tenant: 'b', entries: 1, expected: 1 },
  ]);
  expect([...gaps.all[0]!.streams]).toEqual([
    ['{job="x"}', 2],
    ['{job="y"}', 1],
  ]);
});

it('keeps a thousand gaps, and counts the rest', () => {
  const gaps = new Gaps();
  for (let n = 0; n < 1500; n++) gaps.note(entry(n * 100));
  expect([gaps.all.length, gaps.untold]).toEqual([1000, 500]);
});

it('asks by tenant, in stretches without large holes, by the labels that all have', () => {
  const labels = (verb: string) => ({ job: 'x', filename: '/a', verb });
  const windows = windowsOf([
    entry(200, { labels: labels('get') }),
    entry(1, { labels: labels('get') }),
    entry(2, { labels: labels('"list"') }),
    entry(3, { tenant: 'b', labels: { filename: '/a' } }),
    entry(5000, { labels: { job: 'x' } }),
    entry(5001, { labels: { app: 'y' } }),
  ]);
  expect(windows.map(({ tenant, selector, entries }) => [tenant, selector, entries.length])).toEqual([
    ['a', '{job="x"}', 2],
    ['a', '{job="x", verb="get"}', 1],
    ['a', '{job="x"}', 1],
    ['a', '{app="y"}', 1],
    ['b', '{filename="/a"}', 1],
  ]);
});
