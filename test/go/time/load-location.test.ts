import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadLocation } from '../../../src/go/time/load-location.js';
import { secondsInLocation } from '../../../src/go/time/location.js';

const zoneinfo = fileURLToPath(new URL('../fixtures/zoneinfo', import.meta.url));

function unix(text: string): number {
  return Date.parse(text) / 1000;
}

describe.each([
  ['a time zone database', [zoneinfo]],
  ['none', []],
])('with %s', (_, folders) => {
  it.each([
    ['America/New_York', '2024-05-01T00:00:00Z', -14_400, 'EDT'],
    ['America/New_York', '2024-01-01T00:00:00Z', -18_000, 'EST'],
    ['America/New_York', '2024-03-10T06:59:59Z', -18_000, 'EST'],
    ['America/New_York', '2024-03-10T07:00:00Z', -14_400, 'EDT'],
    ['America/New_York', '2100-07-01T00:00:00Z', -14_400, 'EDT'],
    ['America/New_York', '2100-12-01T00:00:00Z', -18_000, 'EST'],
  ])('%s at %s', (name, time, offset, abbreviation) => {
    expect(loadLocation(name, folders)!.periodAt(unix(time))).toMatchObject({ offset, abbreviation });
  });

  it.each([
    ['America/New_York', '2024-03-10T02:30:00Z', '2024-03-10T06:30:00Z'],
    ['America/New_York', '2024-11-03T01:30:00Z', '2024-11-03T05:30:00Z'],
    ['Europe/Berlin', '2024-03-31T02:30:00Z', '2024-03-31T01:30:00Z'],
    ['Europe/Berlin', '2024-10-27T02:30:00Z', '2024-10-27T01:30:00Z'],
    ['Europe/Berlin', '2060-07-01T00:00:00Z', '2060-06-30T22:00:00Z'],
    ['Europe/London', '2024-03-31T01:30:00Z', '2024-03-31T01:30:00Z'],
    ['Australia/Sydney', '2024-10-06T02:30:00Z', '2024-10-05T16:30:00Z'],
    ['Australia/Sydney', '2090-01-01T00:00:00Z', '2089-12-31T13:00:00Z'],
  ])('clocks in %s that show %s', (name, wall, instant) => {
    expect(secondsInLocation(unix(wall), loadLocation(name, folders)!)).toBe(unix(instant));
  });

  it('finds the offset of an abbreviation, the one in force if there are two', () => {
    const newYork = loadLocation('America/New_York', folders)!;
    expect(newYork.offsetOf('EDT', unix('2024-05-01T10:00:00Z'))).toBe(-14_400);
    expect(newYork.offsetOf('EST', unix('2024-05-01T10:00:00Z'))).toBe(-18_000);
    expect(newYork.offsetOf('EST', unix('2024-01-01T10:00:00Z'))).toBe(-18_000);
    expect(newYork.offsetOf('CEST', unix('2024-05-01T10:00:00Z'))).toBeUndefined();
  });

  it.each(['Mars/Base', '+02:00', '../Etc/UTC', '/etc/localtime', 'Europe'])('knows no %s', (name) =>
    expect(loadLocation(name, folders)).toBeUndefined(),
  );

  it.each(['', 'UTC', 'Local'])('always knows %j', (name) =>
    expect(loadLocation(name, folders)).toBeDefined(),
  );
});

it('goes on to the next folder when one does not have the zone', () => {
  const tokyo = loadLocation('Asia/Tokyo', ['/no/such/folder', zoneinfo])!;
  expect(tokyo.periodAt(0)).toMatchObject({ offset: 32_400, abbreviation: 'JST' });
});
