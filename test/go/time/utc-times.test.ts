import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { utc } from '../../../src/go/time/location.js';
import { readRfc3339 } from '../../../src/go/time/rfc3339.js';
import { UtcTimes } from '../../../src/go/time/utc-times.js';

test('reads times in UTC as they are read from text, one after another', () => {
  const times = new UtcTimes();
  const fraction = fc
    .string({ unit: fc.constantFrom('0', '1', '9'), minLength: 1, maxLength: 9 })
    .map((digits) => `.${digits}`);
  // Few enough that minutes come again.
  const second = fc.constantFrom(
    '2026-02-28T23:59:59',
    '2026-02-28T23:59:00',
    '2026-02-28T23:59:07',
    '2026-03-01T00:00:00',
    '1969-12-31T23:59:59',
    '0001-01-01T00:00:00',
  );
  const time = fc.tuple(second, fc.option(fraction, { nil: '' })).map(([whole, part]) => `${whole}${part}Z`);
  fc.assert(
    fc.property(fc.array(time, { minLength: 5 }), (texts) => {
      for (const text of texts) {
        const { seconds, nanos } = readRfc3339(text, utc)!;
        expect(read(times, text)).toEqual({ seconds, nanos });
      }
    }),
  );
});

test.each([
  '',
  'Z',
  '2026-02-29T00:00:00Z',
  '2026-01-01T00:00:60Z',
  '2026-01-01T00:00:0xZ',
  '2026-01-01T00:00:x0Z',
  '2026-01-01T00:00:/9Z',
  '2026-01-01T00:00x00Z',
  '2026-01-01T00:00:00',
  '2026-01-01T00:00:00.Z',
  '2026-01-01T00:00:00.12x456Z',
  '2026-01-01T00:00:00,123Z',
  '2026-01-01T00:00:00.1234567890Z',
  '2026-01-01T00:00:00+00:00',
  '2026-01-01 00:00:00Z',
  '2026-01-01T00:00:0Z',
])('leaves %j to others, and what it read before as it was', (text) => {
  const times = new UtcTimes();
  const before = read(times, '2026-01-01T00:00:00.5Z');
  expect(before).toEqual({ seconds: 1_767_225_600, nanos: 500_000_000 });
  expect(read(times, text)).toBeUndefined();
  expect({ seconds: times.seconds, nanos: times.nanos }).toEqual(before);
  expect(read(times, '2026-01-01T00:00:00Z')).toEqual({ seconds: 1_767_225_600, nanos: 0 });
});

/** In the middle of other bytes, as in a line. */
function read(times: UtcTimes, text: string): { seconds: number; nanos: number } | undefined {
  const bytes = Buffer.from(`0123${text}9Z`);
  const isRead = times.read(bytes, 4, bytes.length - 2);
  return isRead ? { seconds: times.seconds, nanos: times.nanos } : undefined;
}
