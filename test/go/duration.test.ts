import { describe, expect, it } from 'vitest';
import {
  formatGoDuration,
  formatGoDurationNanos,
  formatPrometheusDuration,
  parseGoDuration,
  parseGoDurationNanos,
  parsePrometheusDuration,
} from '../../src/go/duration.js';

describe('Go durations', () => {
  it.each([
    ['0', 0n, '0s'],
    ['-0', 0n, '0s'],
    ['1ns', 1n, '1ns'],
    ['1500ns', 1500n, '1.5µs'],
    ['1µs', 1000n, '1µs'],
    ['1μs', 1000n, '1µs'],
    ['1us', 1000n, '1µs'],
    ['300ms', 300_000_000n, '300ms'],
    ['1.5h', 5_400_000_000_000n, '1h30m0s'],
    ['1h30m', 5_400_000_000_000n, '1h30m0s'],
    ['+.5s', 500_000_000n, '500ms'],
    ['1.s', 1_000_000_000n, '1s'],
    ['-1m1.000000001s', -61_000_000_001n, '-1m1.000000001s'],
    ['1s1s', 2_000_000_000n, '2s'],
    ['0.1234567899s', 123_456_789n, '123.456789ms'],
    ['-9223372036854775808ns', -(2n ** 63n), '-2562047h47m16.854775808s'],
  ])('%s', (text, nanos, printed) => {
    expect(parseGoDurationNanos(text)).toBe(nanos);
    expect(formatGoDurationNanos(nanos)).toBe(printed);
  });

  it('are milliseconds for the configuration', () => {
    expect(parseGoDuration('1.5s')).toBe(1500);
    expect(parseGoDuration('10ns')).toBe(0.00001);
    expect(formatGoDuration(1500)).toBe('1.5s');
    expect(formatGoDuration(0.00001)).toBe('10ns');
  });

  it.each([
    ['', 'invalid duration ""'],
    ['-', 'invalid duration "-"'],
    ['5', 'invalid duration "5": missing unit'],
    ['1d', 'invalid duration "1d": unknown unit "d"'],
    [' 1s', 'invalid duration " 1s"'],
    ['1s ', 'invalid duration "1s ": unknown unit "s "'],
    ['.s', 'invalid duration ".s"'],
    ['1.5.5s', 'invalid duration "1.5.5s": missing unit'],
    ['9223372036854775808ns', 'invalid duration "9223372036854775808ns"'],
  ])('refuse %j', (text, problem) => {
    expect(() => parseGoDuration(text)).toThrow(new Error(problem));
    expect(parseGoDurationNanos(text)).toBeUndefined();
  });
});

describe('Prometheus durations', () => {
  it.each([
    ['0', 0, '0s'],
    ['500ms', 500, '500ms'],
    ['30s', 30_000, '30s'],
    ['60m', 3_600_000, '1h'],
    ['1d12h', 129_600_000, '1d12h'],
    ['14d', 1_209_600_000, '2w'],
    ['90d', 7_776_000_000, '90d'],
    ['1y', 31_536_000_000, '1y'],
  ])('%s', (text, ms, printed) => {
    expect(parsePrometheusDuration(text)).toBe(ms);
    expect(formatPrometheusDuration(ms)).toBe(printed);
  });

  it.each(['', '10', '1.5h', '-1s', '1h1d', '1s1s', '1 s', '1us', '300y'])('refuse %j', (text) =>
    expect(() => parsePrometheusDuration(text)).toThrow(/duration/),
  );
});
