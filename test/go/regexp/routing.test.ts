import { describe, expect, test } from 'vitest';
import { compileGoRegexp } from '../../../src/go/regexp/go-regexp.js';

/** More than any line that Loki takes by default. */
const ANY_LINE = 256 * 1024;

describe('the fast engine takes lines of any length for', () => {
  test.each([
    ['CRI', '^(?s)(?P<time>\\S+?) (?P<stream>stdout|stderr) (?P<flags>\\S+?) (?P<content>.*)$'],
    [
      'an access log',
      '^(?P<ip>\\S+) \\S+ (?P<user>\\S+) \\[(?P<time>[^\\]]+)\\] "(?P<method>\\S+) (?P<path>\\S+) (?P<proto>[^"]+)" (?P<status>\\d+) (?P<size>\\d+)',
    ],
    [
      'an access log with a dot-star',
      '^(?P<ip>\\S+) (?P<user>\\S+) \\[(?P<time>.*)\\] "(?P<request>[^"]*)" (?P<status>\\d+)',
    ],
    ['one field', 'level=(?P<level>\\w+)'],
    ['one JSON field', '"verb":"(?P<verb>[^"]*)"'],
    ['words in any case', '(?i)(error|warn|fatal)'],
    [
      'klog',
      '^[IWEF](?P<day>\\d{4}) (?P<time>\\S+)\\s+(?P<pid>\\d+) (?P<file>[^:]+):(?P<line>\\d+)\\] (?P<msg>.*)$',
    ],
    ['what begins with a loop', '\\d+x'],
    ['what begins with anything', '.*level=(?P<level>\\w+).*'],
    ['an address', '\\b(?:\\d{1,3}\\.){3}\\d{1,3}\\b'],
    ['a first line', '^\\d{4}-\\d{2}-\\d{2}T'],
    ['blanks at the end', '\\s+$'],
  ])('%s', (_, pattern) => {
    expect(compileGoRegexp(pattern).fastTextLength).toBe(ANY_LINE);
  });
});

describe('the fast engine takes lines of some kilobytes for', () => {
  test.each([
    ['fields with anything between', '"verb":"(?P<verb>\\w+)".*"code":(?P<code>\\d+)'],
    ['a quoted string with escapes', '"msg":"(?P<msg>(?:[^"\\\\]|\\\\.)*)"'],
    ['a search whose loops overlap', 'a[^x]*x'],
  ])('%s', (_, pattern) => {
    const { fastTextLength } = compileGoRegexp(pattern);
    expect(fastTextLength).toBeGreaterThan(2000);
    expect(fastTextLength).toBeLessThan(16_000);
  });
});

describe('the linear engine does', () => {
  test.each([
    ['nested loops', '(a+)+$', 'a'],
    ['nested loops, anchored', '^(?P<x>(a+)+)b$', 'a'],
    ['a loop over ways to say the same', '(a|a)*b', 'a'],
    ['a loop over words with a common beginning', '(?:a|ab|aba)*c', 'ab'],
    ['a loop over something optional', '(?:a?a)*b', 'a'],
    ['a loop that may end where it goes on', '(?:\\w+\\s?)*!', 'a '],
    ['counted choices', '(?:a|a?){40}b', 'a'],
    ['counted loops', '(?:a*){10}b', 'a'],
    ['many loops in a row', 'a*a*a*a*a*a*a*a*b', 'a'],
  ])('%s', (_, pattern, unit) => {
    const regexp = compileGoRegexp(pattern);
    expect(regexp.fastTextLength).toBeLessThan(64);
    const text = `${unit.repeat(10_000)}?`;
    expect(regexp.test(text)).toBe(false);
  });

  test.each([
    ['loops side by side', '^\\S*\\S*x', 'a'],
    ['a search that walks the same text again', 'a[^x]*x', 'a'],
    ['several times anything', '^(.*)-(.*)-(.*)x', '-'],
  ])('long lines with %s', (_, pattern, unit) => {
    const regexp = compileGoRegexp(pattern);
    expect(regexp.fastTextLength).toBeLessThan(8192);
    expect(regexp.test(unit.repeat(60_000))).toBe(false);
  });

  test.each([
    ['a capture one round of a loop can do without', '(?:(a)|b)*'],
    ['rounds that match nothing', '(a*)+'],
    ['Unicode classes', '\\pL+'],
    ['(?i) beyond ASCII', '(?i)é'],
    ['empty matches that JavaScript would find within a pair', '\\B'],
  ])('what JavaScript would do otherwise: %s', (_, pattern) => {
    expect(compileGoRegexp(pattern).fastTextLength).toBe(0);
  });
});

test.each([
  ['\\s+$', `${' '.repeat(100_000)}x`],
  ['\\d+x', '1'.repeat(100_000)],
  ['.*=(\\w+)', 'a'.repeat(100_000)],
  ['"k":"([^"]*)"', '"k":"'.repeat(20_000)],
  ['level=(\\w+)\\s', 'level=level'.repeat(10_000)],
])('the fast engine is done with a hostile line at once: %s', (pattern, text) => {
  const regexp = compileGoRegexp(pattern);
  expect(regexp.fastTextLength).toBe(ANY_LINE);
  const start = process.cpuUsage();
  regexp.test(text);
  // A quadratic walk would take seconds.
  expect(process.cpuUsage(start).user / 1000).toBeLessThan(500);
});
