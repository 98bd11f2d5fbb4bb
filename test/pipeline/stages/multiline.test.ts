import { expect, it } from 'vitest';
import type { Entry } from '../../../src/entry/entry.js';
import { chunkOf, stagesOf } from '../../support/stages.js';

const text = JSON.stringify([{ multiline: { firstline: '^START', max_wait_time: '2s', max_lines: 3 } }]);

function multiline() {
  let nowMs = 1_000_000;
  const { stages } = stagesOf(text, { now: () => nowMs });
  return {
    stages,
    pass: (ms: number) => {
      nowMs += ms;
    },
    now: () => nowMs,
  };
}

const linesOf = (entries: Entry[] | Promise<Entry[]>) => (entries as Entry[]).map(({ line }) => line.text);

it('settles the lines of a block when the block is', () => {
  const { stages } = multiline();
  const { entries, settled } = chunkOf(['START a', 'b', 'START c']);
  const [block] = stages.process(entries) as Entry[];
  expect(settled()).toBe(0);
  block!.ack.done(block!.lines);
  expect(settled()).toBe(2);
});

it('settles lines of several chunks when their block is', () => {
  const { stages } = multiline();
  const first = chunkOf(['START a']);
  const second = chunkOf(['b', 'START c']);
  stages.process(first.entries);
  const [block] = stages.process(second.entries) as Entry[];
  block!.ack.done(block!.lines);
  expect([first.settled(), second.settled()]).toEqual([1, 1]);
});

it('sends a block that no line has come to for max_wait_time', () => {
  const { stages, pass, now } = multiline();
  stages.process(chunkOf(['START a']).entries);
  pass(1500);
  stages.process(chunkOf(['b']).entries);
  pass(1999);
  expect(linesOf(stages.flush(now()))).toEqual([]);
  expect(stages.dueAt()).toBe(now() + 1);
  pass(1);
  expect(linesOf(stages.flush(now()))).toEqual(['START a\nb']);
  expect(stages.dueAt()).toBeUndefined();
});

it('settles empty lines that no block has room for', () => {
  const { stages } = multiline();
  const { entries, settled } = chunkOf(['START a', 'b', 'c', '', '']);
  const out = stages.process(entries) as Entry[];
  expect(linesOf(out)).toEqual(['START a\nb\nc']);
  expect(settled()).toBe(2);
  expect(stages.dueAt()).toBeUndefined();
});

it('keeps lines when the chunk that they were read in is gone', () => {
  const { stages } = multiline();
  const { entries, wipe } = chunkOf(['START a', 'b']);
  stages.process(entries);
  wipe();
  expect(linesOf(stages.flush(Number.POSITIVE_INFINITY))).toEqual(['START a\nb']);
});

it('keeps what was extracted when the chunk is gone', () => {
  const { stages } = stagesOf(
    `[
      { cri: {} },
      { output: { source: time } },
      { multiline: { firstline: '^2024' } },
      { template: { source: seen, template: '{{ .content }}' } },
    ]`,
  );
  const { entries, wipe } = chunkOf(['2024-05-01T10:00:00Z stdout F hello']);
  stages.process(entries);
  wipe();
  const [block] = stages.flush(Number.POSITIVE_INFINITY) as Entry[];
  expect(block!.extracted!.get('seen')).toBe('hello');
});

it('gives each block extracted values of its own', () => {
  const { stages } = stagesOf(
    `[{ multiline: { firstline: '^START', max_lines: 3 } }, { template: { source: app, template: '{{ .app }}+' } }]`,
  );
  const { entries } = chunkOf(['START a', 'b', 'c', 'd', 'e', 'f'], { app: 'web' });
  const out = stages.process(entries) as Entry[];
  expect(out.map(({ extracted }) => extracted?.get('app'))).toEqual(['web+', 'web+']);
});
