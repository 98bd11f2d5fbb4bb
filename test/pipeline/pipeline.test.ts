import { expect, it, vi } from 'vitest';
import type { Entry } from '../../src/entry/entry.js';
import { Pipeline } from '../../src/pipeline/pipeline.js';
import { eachEntry, type Stage } from '../../src/pipeline/stage.js';
import { StageChain } from '../../src/pipeline/stage-chain.js';
import { entriesOf } from '../support/entries.js';

/** Holds every entry until `due`, then gives it up. */
function holder(due: () => number): Stage {
  const held: Entry[] = [];
  return {
    process: (entries) => {
      held.push(...entries);
      return [];
    },
    flush: (now) => (now >= due() ? held.splice(0) : []),
    dueAt: () => (held.length > 0 ? due() : undefined),
  };
}

const mark = (suffix: string): Stage =>
  eachEntry((_entry, extracted) => {
    extracted.set('seen', `${extracted.get('seen') ?? ''}${suffix}`);
    return true;
  });

function collect(): { out: Entry[]; sink: { push(entries: Entry[]): undefined } } {
  const out: Entry[] = [];
  return { out, sink: { push: (entries) => void out.push(...entries) } };
}

it('starts each entry with its labels extracted and runs the stages in order', () => {
  const { out, sink } = collect();
  const pipeline = new Pipeline(new StageChain([mark('a'), mark('b')]), sink, Date.now);
  expect(pipeline.push(entriesOf(['x'], { app: 'web' }).entries)).toBeUndefined();
  expect(out[0]!.extracted!.get('app')).toBe('web');
  expect(out[0]!.extracted!.get('seen')).toBe('ab');
});

it('settles the lines that a stage drops', () => {
  const { out, sink } = collect();
  const stage = eachEntry((entry) => entry.line.text !== 'drop');
  const { entries, settled } = entriesOf(['keep', 'drop', 'keep']);
  new Pipeline(new StageChain([stage]), sink, Date.now).push(entries);
  expect(out.map((entry) => entry.line.text)).toEqual(['keep', 'keep']);
  expect(settled()).toBe(1);
});

it('sends what a stage held through the stages behind it, when it is due', async () => {
  const { out, sink } = collect();
  const due = Date.now() + 30;
  const pipeline = new Pipeline(new StageChain([mark('a'), holder(() => due), mark('b')]), sink, Date.now);
  pipeline.push(entriesOf(['x']).entries);
  expect(out).toEqual([]);
  await vi.waitFor(() => expect(out).toHaveLength(1));
  expect(out[0]!.extracted!.get('seen')).toBe('ab');
});

it('sends what is held when it closes', async () => {
  const { out, sink } = collect();
  const pipeline = new Pipeline(new StageChain([holder(() => Number.POSITIVE_INFINITY)]), sink, Date.now);
  pipeline.push(entriesOf(['x', 'y']).entries);
  await pipeline.close();
  expect(out.map((entry) => entry.line.text)).toEqual(['x', 'y']);
});

it('takes one array at a time and keeps the order of those that wait', async () => {
  const gates: (() => void)[] = [];
  const out: string[] = [];
  const sink = {
    push: (entries: Entry[]) => {
      out.push(...entries.map((entry) => entry.line.text));
      return new Promise<void>((resolve) => gates.push(resolve));
    },
  };
  const pipeline = new Pipeline(new StageChain([]), sink, Date.now);
  const pushes = ['1', '2', '3'].map((line) => pipeline.push(entriesOf([line]).entries));
  for (const expected of [['1'], ['1', '2'], ['1', '2', '3']]) {
    await vi.waitFor(() => expect(out).toEqual(expected));
    gates.shift()!();
  }
  await Promise.all(pushes);
  // With nothing waiting it takes the short way again, without a promise of its own.
  const direct = new Pipeline(new StageChain([]), { push: () => undefined }, Date.now);
  expect(direct.push(entriesOf(['4']).entries)).toBeUndefined();
});

it('waits for a stage that waits, and goes on after one that fails', async () => {
  const { out, sink } = collect();
  let fail = true;
  const stage: Stage = {
    process: async (entries) => {
      if (fail) throw new Error('broken');
      return entries;
    },
  };
  const pipeline = new Pipeline(new StageChain([stage, mark('z')]), sink, Date.now);
  await expect(pipeline.push(entriesOf(['1']).entries)).rejects.toThrow('broken');
  fail = false;
  await pipeline.push(entriesOf(['2']).entries);
  expect(out.map((entry) => entry.line.text)).toEqual(['2']);
});
