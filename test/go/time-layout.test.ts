import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { compileLayout, compileTimeWriter, isKnownLocation } from '../../src/go/time-layout.js';

interface Recorded {
  readonly name: string;
  readonly steps: { readonly formats: string[]; readonly location?: string; readonly text: string }[];
  /** Nanoseconds, `now` when no format fits, or a time whose year is the current one. */
  readonly expected: string;
}

const recorded: Recorded[] = JSON.parse(
  readFileSync(new URL('fixtures/timestamps.json', import.meta.url), 'utf8'),
);

beforeAll(() => {
  process.env.TZ = 'UTC';
});

describe('what Promtail reads', () => {
  it.each(recorded)('$name: $steps', ({ steps, expected }) => {
    let read = 'now';
    for (const { formats, location, text } of steps) {
      for (const format of formats) {
        const instant = compileLayout(format, location)(text);
        if (instant === undefined) continue;
        read = String(BigInt(instant.seconds) * 1_000_000_000n + BigInt(instant.nanos));
        break;
      }
    }
    if (!expected.startsWith('year')) return expect(read).toBe(expected);
    const write = compileTimeWriter('2006-01-02T15:04:05.000000000Z07:00', 'UTC');
    const seconds = Number(read.slice(0, -9));
    const thisYear = String(new Date().getFullYear());
    expect(write(seconds, Number(read.slice(-9)))).toBe(expected.replace('year', thisYear));
  });
});

describe('layouts', () => {
  it.each([
    ['the offset of a two-digit year may be a sign', '06-01-02', '+5-05-01', '2005-05-01T00:00:00Z'],
    ['a fraction may be a sign', '15:04:05.000 2006', '10:00:00.+12 2024', '2024-01-01T10:00:00.012Z'],
    [
      'more zeros than nine',
      '2006 05.000000000000',
      '2024 01.123456789xyz',
      '2024-01-01T00:00:01.123456789Z',
    ],
    ['a day of the year that agrees', '2006-002 01-02', '2024-060 02-29', '2024-02-29T00:00:00Z'],
    ['a day of the year that does not', '2006-002 01-02', '2024-060 03-01', undefined],
    ['day 366 of a short year', '2006-002', '2023-366', undefined],
    ['an underscore before the year', 'x_2006', 'x_2024', '2024-01-01T00:00:00Z'],
    ['Month is a word', 'Month 01 2006', 'Month 05 2024', '2024-05-01T00:00:00Z'],
    ['digits after a run of zeros', '2006 .0001', '2024 .0002', '2024-02-01T00:00:00Z'],
    ['a zone that is taken apart', '2006MST-0700', '2024CET+0100', '2023-12-31T23:00:00Z'],
  ])('%s', (_, layout, text, expected) => {
    const instant = compileLayout(layout, undefined)(text);
    const write = compileTimeWriter('2006-01-02T15:04:05.999999999Z07:00', 'UTC');
    expect(instant && write(instant.seconds, instant.nanos)).toBe(expected);
  });

  it('throw for an unknown location, even under a name', () => {
    expect(() => compileLayout('RFC3339', 'Mars/Base')).toThrow('unknown time zone Mars/Base');
  });
});

describe('a time without a year', () => {
  const read = (now: string, layout: string, text: string, location?: string) => {
    const instant = compileLayout(layout, location, () => Date.parse(now))(text);
    return instant && new Date(instant.seconds * 1000).toISOString();
  };

  it.each([
    ['2024-06-15T00:00:00Z', 'Mar  1 10:00:00', '2024-03-01T10:00:00.000Z'],
    ['2025-01-01T00:00:05Z', 'Dec 31 23:59:59', '2024-12-31T23:59:59.000Z'],
    ['2024-12-31T23:59:59Z', 'Jan  1 00:00:01', '2025-01-01T00:00:01.000Z'],
    ['2024-12-31T23:59:59Z', 'Feb  1 00:00:01', '2024-02-01T00:00:01.000Z'],
    ['2023-06-15T00:00:00Z', 'Feb 29 12:00:00', '2023-03-01T12:00:00.000Z'],
  ])('now %s, %s', (now, text, expected) => {
    expect(read(now, 'Jan _2 15:04:05', text)).toBe(expected);
  });

  it('keeps its wall time where it was', () => {
    const now = '2024-06-15T00:00:00Z';
    expect(read(now, 'Jan _2 15:04:05', 'Jul  1 10:00:00', 'Asia/Tokyo')).toBe('2024-07-01T01:00:00.000Z');
    expect(read(now, 'Jan _2 15:04 -0700', 'Jan  1 00:30 +0200')).toBe('2023-12-31T22:30:00.000Z');
  });

  it('must not come out as another year', () => {
    expect(read('2024-06-15T00:00:00Z', 'Jan 2 15:04:05 2:00', 'Jan 2 15:04:05 9:00')).toBeDefined();
    expect(compileLayout('2', undefined)('7')).toBeDefined();
  });
});

describe('compileTimeWriter', () => {
  it.each([
    ['2006-01-02T15:04:05.999999999-0700', 'UTC', 1_714_557_600, 120_000_000, '2024-05-01T10:00:00.12+0000'],
    ['2006-01-02T15:04:05.999999999-0700', 'UTC', -1, 0, '1969-12-31T23:59:59+0000'],
    ['Monday, January 2, 06 3:4:5pm', 'UTC', 1_714_557_600, 0, 'Wednesday, May 1, 24 10:0:0am'],
    ['Mon Jan _2 __2 002 03PM', 'UTC', 1_714_521_600, 0, 'Wed May  1 122 122 12AM'],
    ['15:04:05,000 Z07:00 Z0700 Z07', 'UTC', 0, 1_999_999, '00:00:00,001 Z Z Z'],
    ['15:04 MST -07:00:00', 'America/New_York', 1_714_557_600, 0, '06:00 EDT -04:00:00'],
    ['15:04 MST -07', 'Asia/Tokyo', 1_714_557_600, 0, '19:00 JST +09'],
    ['.999 x.9', 'UTC', 0, 0, ' x'],
  ])('%s in %s', (layout, location, seconds, nanos, text) => {
    expect(compileTimeWriter(layout, location)(seconds, nanos)).toBe(text);
  });
});

describe('isKnownLocation', () => {
  it.each(['', 'UTC', 'Local', 'Europe/Berlin', 'EST5EDT', 'Etc/GMT+5', 'CET'])('knows %j', (name) =>
    expect(isKnownLocation(name)).toBe(true),
  );

  it.each(['Mars/Base', '+02:00', 'CEST', '../UTC', '/UTC', 'Europe'])('does not know %j', (name) =>
    expect(isKnownLocation(name)).toBe(false),
  );
});
