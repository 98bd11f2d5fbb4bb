import { expect, it } from 'vitest';
import { ReadRates } from '../../src/server/read-rates.js';

it('tells the rate between two looks, and nothing of a file that began anew', () => {
  let now = 0;
  const rates = new ReadRates(() => now);
  expect(rates.look('a', 100)).toBeUndefined();
  now = 2000;
  expect(rates.look('a', 300)).toBe(100);
  now = 2500;
  expect(rates.look('a', 350)).toBe(100);
  now = 4000;
  expect(rates.look('a', 300)).toBe(0);
  now = 6000;
  expect(rates.look('a', 10)).toBeUndefined();
  now = 8000;
  expect(rates.look('a', 30)).toBe(10);
});

it('forgets what nobody looks at', () => {
  let now = 0;
  const rates = new ReadRates(() => now);
  rates.look('a', 0);
  now = 100_000;
  rates.prune();
  expect(rates.look('a', 100)).toBeUndefined();
});
