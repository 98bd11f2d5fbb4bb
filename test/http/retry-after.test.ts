import { expect, it } from 'vitest';
import { parseRetryAfter } from '../../src/http/retry-after.js';

const now = Date.parse('2025-01-02T03:04:05Z');

it.each([
  [undefined, undefined],
  ['0', 0],
  ['120', 120_000],
  ['Thu, 02 Jan 2025 03:04:15 GMT', 10_000],
  ['Thu, 02 Jan 2025 03:04:00 GMT', 0],
  ['soon', undefined],
])('reads Retry-After: %s as %s', (header, expected) => {
  expect(parseRetryAfter(header, now)).toBe(expected);
});
