import { civilFromDays, daysFromCivil } from './time/civil.js';
import type { ZonedTime } from './time/fields.js';
import { compileTimeFormat } from './time/format-time.js';
import { namedLayouts, rfc3339, rfc3339Nano } from './time/layouts.js';
import { loadLocation } from './time/load-location.js';
import { type Location, secondsInLocation } from './time/location.js';
import { compileTimeParser } from './time/parse-time.js';
import { parseUnixSeconds, type UnixInstant, unixTicksParser } from './time/unix-time.js';

/** Reads the time in a text; undefined when the text does not have the layout. */
export type LayoutParser = (text: string) => UnixInstant | undefined;

/** Whether a `format` is that of RFC 3339, by one of its names or written out. */
export function isRfc3339(layout: string): boolean {
  const written = namedLayouts.get(layout) ?? layout;
  return written === rfc3339 || written === rfc3339Nano;
}

/**
 * The parser for one `format` of the timestamp stage: a name such as `RFC3339` or `UnixMs`, which no `location` changes,
 * or a Go layout. `now` is asked for the year when the layout has none. Throws when the location is not known.
 */
export function compileLayout(
  layout: string,
  location: string | undefined,
  now: () => number = Date.now,
): LayoutParser {
  const place = location === undefined ? undefined : knownLocation(location);
  const named = namedLayouts.get(layout);
  if (named !== undefined) return compileTimeParser(named);
  if (layout === 'Unix') return parseUnixSeconds;
  if (layout === 'UnixMs') return unixTicksParser(1e3);
  if (layout === 'UnixUs') return unixTicksParser(1e6);
  if (layout === 'UnixNs') return unixTicksParser(1e9);
  const parse = compileTimeParser(layout, place);
  return layout.includes('06') ? parse : inThisYear(parse, now);
}

/** A writer of instants in a Go layout, as clocks at `location` show them. Throws when the location is not known. */
export function compileTimeWriter(
  layout: string,
  location: string,
): (seconds: number, nanos: number) => string {
  const format = compileTimeFormat(layout);
  const place = knownLocation(location);
  return (seconds, nanos) => format({ seconds, nanos, location: place });
}

/** Whether `name` is a place that `compileLayout` takes: `''`, `UTC`, `Local` or one of the time zone database. */
export function isKnownLocation(name: string): boolean {
  return loadLocation(name) !== undefined;
}

function knownLocation(name: string): Location {
  const location = loadLocation(name);
  if (location === undefined) throw new Error(`unknown time zone ${name}`);
  return location;
}

/** A time without a year lies close to now: December's lines may be read in January, and January's in December. */
function inThisYear(parse: (text: string) => ZonedTime | undefined, now: () => number): LayoutParser {
  return (text) => {
    const time = parse(text);
    if (time === undefined) return undefined;
    const wall = time.seconds + time.location.periodAt(time.seconds).offset;
    const { year, month } = civilFromDays(Math.floor(wall / 86_400));
    if (year !== 0) return undefined;
    const today = new Date(now());
    let thisYear = today.getFullYear();
    if (month === 12 && today.getMonth() === 0) thisYear -= 1;
    else if (month === 1 && today.getMonth() === 11) thisYear += 1;
    const moved = moveToYear(wall, thisYear);
    return { seconds: secondsInLocation(moved, time.location), nanos: time.nanos };
  };
}

function moveToYear(wall: number, year: number): number {
  const days = Math.floor(wall / 86_400);
  const { month, day } = civilFromDays(days);
  return daysFromCivil(year, month, day) * 86_400 + (wall - days * 86_400);
}
