import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import type { Entry } from '../../src/entry/entry.js';
import { LabelSets } from '../../src/entry/labels.js';
import { ReadClock } from '../../src/entry/read-clock.js';
import { StdinTarget } from '../../src/targets/stdin.js';

function target() {
  const input = new PassThrough();
  const lines: string[] = [];
  const times = new Set<string>();
  const sink = {
    push(entries: Entry[]): undefined {
      for (const entry of entries) {
        lines.push(entry.line.text);
        times.add(`${entry.seconds}.${entry.nanos}`);
      }
    },
  };
  const labels = new LabelSets().of([['job', 'stdin']]);
  return {
    input,
    lines,
    times,
    target: new StdinTarget({ input, labels, sink, clock: new ReadClock(), now: Date.now }),
  };
}

it('hands on the lines until the end, however they are cut', async () => {
  const { input, lines, times, target: stdin } = target();
  await stdin.start();
  for (const part of ['one\r\n', '\n\r\ntw', 'o\nthr', 'ee', '\nlast']) input.write(part);
  input.end();
  await stdin.ended;
  expect(lines).toEqual(['one', 'two', 'three', 'last']);
  expect(times.size).toBe(4);
  expect(stdin.isReady).toBe(false);
});

it('can be stopped while it waits for more', async () => {
  const { input, target: stdin } = target();
  await stdin.start();
  input.write('a\n');
  await stdin.stop();
  expect(input.destroyed).toBe(true);
});
