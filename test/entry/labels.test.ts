import { expect, it } from 'vitest';
import { LabelSets } from '../../src/entry/labels.js';

it('prints the stream as Promtail pushes it, without the tenant', () => {
  const labels = new LabelSets().of([
    ['b', 'x"y\n'],
    ['a', '1'],
    ['__tenant_id__', 'team'],
  ]);
  expect(labels.stream).toBe('{a="1", b="x\\"y\\n"}');
  expect(labels.tenant).toBe('team');
});

it('gives the same object for the same step, until it has to forget', () => {
  const sets = new LabelSets(3);
  const one = sets.empty.with('a', '1');
  expect(sets.empty.with('a', '1')).toBe(one);
  for (let i = 0; i < 10; i++) sets.empty.with('b', String(i));
  const again = sets.empty.with('a', '1');
  expect(again).not.toBe(one);
  expect(again.stream).toBe(one.stream);
});

it('never edits a set in place', () => {
  const labels = new LabelSets().of([['a', '1']]);
  labels.with('a', '2');
  labels.without('a');
  labels.only(new Set());
  expect(labels.pairs()).toEqual([['a', '1']]);
});
