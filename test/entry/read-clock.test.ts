import { expect, it } from 'vitest';
import { ReadClock } from '../../src/entry/read-clock.js';

it('gives every line another time, in order', () => {
  const clock = new ReadClock();
  const times: string[] = [];
  for (const now of [1000.5, 1000.5, 1000.4, 1001, 1001]) {
    clock.tick(now);
    times.push(`${clock.seconds}.${String(clock.nanos).padStart(9, '0')}`);
  }
  expect(times).toEqual(['1.000500000', '1.000500001', '1.000500002', '1.001000000', '1.001000001']);
});

it('carries over into the next second', () => {
  const clock = new ReadClock();
  clock.seconds = 5;
  clock.nanos = 999_999_999;
  clock.tick(5999);
  expect([clock.seconds, clock.nanos]).toEqual([6, 0]);
});

it('follows a clock that was set back', () => {
  const clock = new ReadClock();
  clock.tick(86_400_000);
  clock.tick(1000);
  expect(clock.seconds).toBe(1);
});
