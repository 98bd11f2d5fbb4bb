import fc from 'fast-check';
import { expect, it } from 'vitest';
import { backoffMs } from '../../src/http/backoff.js';

it.each([
  // Promtail's defaults: between min·2^(k−1) and twice that.
  [1, 500, 300_000, 500, 1000],
  [2, 500, 300_000, 1000, 2000],
  [9, 500, 300_000, 128_000, 256_000],
  // The last doubling stops at the maximum, and stays.
  [10, 500, 300_000, 256_000, 300_000],
  [50, 500, 300_000, 256_000, 300_000],
  // A minimum above the maximum is used as it is.
  [1, 500, 100, 500, 500],
  [3, 100, 100, 100, 100],
])('waits after attempt %i with %i and %i ms between %i and %i ms', (attempt, min, max, least, most) => {
  expect(backoffMs(attempt, min, max, 0)).toBe(least);
  expect(backoffMs(attempt, min, max, 1)).toBe(most);
});

it('never waits longer than the maximum, nor less than the minimum', () => {
  const ms = fc.integer({ min: 1, max: 1_000_000 });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100 }),
      ms,
      ms,
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (n, a, b, r) => {
        const [min, max] = [Math.min(a, b), Math.max(a, b)];
        const wait = backoffMs(n, min, max, r);
        expect(wait).toBeGreaterThanOrEqual(min);
        expect(wait).toBeLessThanOrEqual(max);
      },
    ),
  );
});
