import { expect, it } from 'vitest';
import { noAck } from '../../src/entry/ack.js';
import { StreamActivity } from '../../src/metrics/stream-activity.js';
import { entriesOf } from '../support/entries.js';
import { packedOf } from '../support/packed-entries.js';

function activity() {
  const clock = { ms: 1_000_000 };
  const passed: number[] = [];
  const counted = new StreamActivity(
    {
      push(entries) {
        passed.push(entries.length);
        return undefined;
      },
    },
    () => clock.ms,
  );
  const push = (...verbs: string[]) =>
    counted.push(verbs.flatMap((verb) => entriesOf(['line'], { verb }).entries));
  return { clock, passed, counted, push };
}

it('counts the lines of each stream and hands all on', () => {
  const { counted, passed, push } = activity();
  push('get', 'get', 'list');
  push('get');
  const counts = counted.streams.map(({ labels, lines }) => [labels.stream, lines]);
  expect(counts).toEqual([
    ['{verb="get"}', 3],
    ['{verb="list"}', 1],
  ]);
  expect(counted.lines).toBe(4);
  expect(passed).toEqual([3, 1]);
});

it('counts packed entries, too', () => {
  const { counted, passed } = activity();
  const entries = ['get', 'get', 'list'].flatMap((verb) => entriesOf(['line'], { verb }).entries);
  counted.pushPacked(packedOf(entries, noAck));
  expect(counted.streams.map(({ labels, lines }) => [labels.stream, lines])).toEqual([
    ['{verb="get"}', 2],
    ['{verb="list"}', 1],
  ]);
  expect(passed).toEqual([3]);
});

it('counts together what comes after too many streams', () => {
  const { counted, push } = activity();
  push(...Array.from({ length: 2005 }, (_, index) => `v${index}`));
  push('v1', 'v2004');
  expect(counted.streams).toHaveLength(2000);
  expect(counted.otherLines).toBe(6);
  expect(counted.lines).toBe(2007);
});

it('tells the lines a second of the last half minute', () => {
  const { clock, counted, push } = activity();
  expect(counted.linesPerSecond).toBe(0);
  for (let second = 0; second < 10; second++) {
    push('get', 'list', 'list');
    clock.ms += 1000;
  }
  expect(counted.linesPerSecond).toBe(3);
  clock.ms += 5000;
  expect(counted.linesPerSecond).toBe(2);
  clock.ms += 20_000;
  expect(counted.linesPerSecond).toBeCloseTo((5 * 3) / 30);
  clock.ms += 1000_000;
  expect(counted.linesPerSecond).toBe(0);
  push('get');
  clock.ms += 1000;
  expect(counted.linesPerSecond).toBeCloseTo(1 / 30);
});
