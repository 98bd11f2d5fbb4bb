import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import type { Entry } from '../../src/entry/entry.js';
import { LabelSets } from '../../src/entry/labels.js';
import { ReadClock } from '../../src/entry/read-clock.js';
import { StdinTarget } from '../../src/targets/stdin.js';

function target(input = new PassThrough()) {
  const room: { promise: Promise<void> | undefined } = { promise: undefined };
  const lines: string[] = [];
  const times = new Set<string>();
  const sink = {
    push(entries: Entry[]): Promise<void> | undefined {
      for (const entry of entries) {
        lines.push(entry.line.text);
        times.add(`${entry.seconds}.${entry.nanos}`);
      }
      return room.promise;
    },
  };
  const labels = new LabelSets().of([['job', 'stdin']]);
  return {
    input,
    lines,
    times,
    room,
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

it('can be stopped while it waits for more, and leaves the rest to the next one', async () => {
  const { input, lines, target: stdin } = target();
  await stdin.start();
  input.write('one\ntw');
  await expect.poll(() => lines).toEqual(['one']);
  await stdin.stop();
  const next = target(input);
  await next.target.start();
  input.end('o\nthree');
  await next.target.ended;
  expect(next.lines).toEqual(['two', 'three']);
  expect(lines).toEqual(['one']);
});

it('can be stopped while there is no room', async () => {
  const { input, lines, target: stdin, room } = target();
  room.promise = new Promise(() => {});
  await stdin.start();
  input.write('one\n');
  await expect.poll(() => lines).toEqual(['one']);
  await stdin.stop();
});

it('tells that the input cannot be read', async () => {
  const { input, target: stdin } = target();
  await stdin.start();
  input.destroy(new Error('EIO'));
  await expect(stdin.ended).rejects.toThrow('EIO');
});
