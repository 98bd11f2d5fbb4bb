import { expect, it } from 'vitest';
import { goDuration, goJson, MicroTimestamps } from '../../../demo/audit/go-text.js';

it.each([
  [31.4, '31.4µs'],
  [812, '812µs'],
  [912_600, '912.6ms'],
  [15_000_400, '15.0004s'],
  [451_001_481, '7m31.001481s'],
  [3_600_000_000, '1h0m0s'],
  [10, '10µs'],
])('prints %d microseconds as Go does: %s', (micros, text) => {
  expect(goDuration(micros)).toBe(text);
});

it('escapes what HTML minds, and nothing else beyond JSON', () => {
  expect(goJson({ 'a&b': '<µ>\u2028' })).toBe('{"a\\u0026b":"\\u003cµ\\u003e\\u2028"}');
});

it('prints times with six decimals, across seconds', () => {
  const timestamps = new MicroTimestamps();
  const start = Date.parse('2026-03-02T08:00:00Z') * 1000;
  expect([start, start + 7, start + 999_999, start + 1_000_000].map((at) => timestamps.print(at))).toEqual([
    '2026-03-02T08:00:00.000000Z',
    '2026-03-02T08:00:00.000007Z',
    '2026-03-02T08:00:00.999999Z',
    '2026-03-02T08:00:01.000000Z',
  ]);
});
