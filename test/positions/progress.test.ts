import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Ack } from '../../src/entry/ack.js';
import { FileProgress } from '../../src/positions/progress.js';

function read(progress: FileProgress, end: number, lines: number): Ack {
  const chunk = progress.begin();
  chunk.close(end, lines);
  return chunk.ack;
}

test('is settled up to the first chunk that is not', () => {
  const progress = new FileProgress(100);
  const first = read(progress, 200, 2);
  const second = read(progress, 300, 1);
  second.done(1);
  expect(progress.settledTo).toBe(100);
  first.done(1);
  expect(progress.settledTo).toBe(100);
  first.done(1);
  expect(progress.settledTo).toBe(300);
  expect(progress.isSettled).toBe(true);
});

test('a chunk without lines waits for those before it', () => {
  const progress = new FileProgress(0);
  const lines = read(progress, 10, 1);
  read(progress, 20, 0);
  expect(progress.settledTo).toBe(0);
  lines.done(1);
  expect(progress.settledTo).toBe(20);
});

test('a chunk whose lines are settled before they are counted waits for their number', () => {
  const progress = new FileProgress(0);
  const chunk = progress.begin();
  chunk.reach(10);
  // As for two clients: one more for each line.
  chunk.ack.add(3);
  chunk.ack.done(5);
  expect(progress.settledTo).toBe(0);
  chunk.count(3);
  expect(progress.settledTo).toBe(0);
  chunk.ack.done(1);
  expect(progress.settledTo).toBe(10);
});

test('lines that are never counted hold up what comes behind them', () => {
  const progress = new FileProgress(0);
  const chunk = progress.begin();
  chunk.reach(10);
  chunk.ack.done(3);
  read(progress, 20, 1).done(1);
  expect(progress.settledTo).toBe(0);
  expect(progress.isSettled).toBe(false);
});

test('in any order of acks, never says more than what is settled', () => {
  const chunks = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(
      chunks,
      fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true })),
      (sizes, random) => {
        const progress = new FileProgress(0);
        const acks = sizes.map((lines, index) => read(progress, index + 1, lines));
        const left = [...sizes];
        while (left.some((lines) => lines > 0)) {
          const open = left.flatMap((lines, index) => (lines > 0 ? [index] : []));
          const pick = open[Math.floor(random.next().value! * open.length)]!;
          acks[pick]!.done(1);
          left[pick]! -= 1;
          const firstOpen = left.findIndex((lines) => lines > 0);
          expect(progress.settledTo).toBe(firstOpen < 0 ? sizes.length : firstOpen);
        }
      },
    ),
  );
});
