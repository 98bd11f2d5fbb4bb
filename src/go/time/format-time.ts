import { type CivilDate, civilFromDays, dayOfYear, weekday } from './civil.js';
import type { ZonedTime } from './fields.js';
import { type LayoutPart, type PlainPart, splitLayout } from './layout-parts.js';
import { longMonths, longWeekdays, shortMonths, shortWeekdays } from './names.js';

/** Go's `Time.Format` for one layout. */
export function compileTimeFormat(layout: string): (time: ZonedTime) => string {
  const writers = splitLayout(layout).map(writerOf);
  return (time) => {
    const clock = readClock(time);
    let text = '';
    for (const write of writers) text += write(clock);
    return text;
  };
}

/** What a clock on the wall, with a calendar beside it, shows. */
export interface WallClock extends CivilDate {
  readonly weekday: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly nanos: number;
  readonly offset: number;
  readonly zone: string;
}

export function readClock(time: ZonedTime): WallClock {
  const { offset, abbreviation } = time.location.periodAt(time.seconds);
  const wall = time.seconds + offset;
  const days = Math.floor(wall / 86_400);
  const ofDay = wall - days * 86_400;
  const { year, month, day } = civilFromDays(days);
  return {
    year,
    month,
    day,
    weekday: weekday(days),
    hour: Math.floor(ofDay / 3600),
    minute: Math.floor((ofDay % 3600) / 60),
    second: ofDay % 60,
    nanos: time.nanos,
    offset,
    zone: abbreviation,
  };
}

type Writer = (clock: WallClock) => string;

function writerOf(part: LayoutPart): Writer {
  if (part.kind === 'text') return () => part.text;
  if (part.kind === 'fraction') return writeFraction(part.digits, part.isOptional, part.separator);
  if (part.kind === 'offset') return writeOffset(part.count, part.hasColons ? ':' : '', part.isZForUtc);
  return plainWriters[part.kind];
}

const plainWriters: Record<PlainPart, Writer> = {
  year: (clock) => padded(clock.year, 4),
  shortYear: (clock) => padded(Math.abs(clock.year) % 100, 2),
  longMonth: (clock) => longMonths[clock.month - 1]!,
  month: (clock) => shortMonths[clock.month - 1]!,
  numericMonth: (clock) => String(clock.month),
  zeroMonth: (clock) => padded(clock.month, 2),
  longWeekday: (clock) => longWeekdays[clock.weekday]!,
  weekday: (clock) => shortWeekdays[clock.weekday]!,
  day: (clock) => String(clock.day),
  blankDay: (clock) => String(clock.day).padStart(2),
  zeroDay: (clock) => padded(clock.day, 2),
  blankYearDay: (clock) => String(dayOfYear(clock)).padStart(3),
  zeroYearDay: (clock) => padded(dayOfYear(clock), 3),
  hour: (clock) => padded(clock.hour, 2),
  hour12: (clock) => String(clock.hour % 12 || 12),
  zeroHour12: (clock) => padded(clock.hour % 12 || 12, 2),
  minute: (clock) => String(clock.minute),
  zeroMinute: (clock) => padded(clock.minute, 2),
  second: (clock) => String(clock.second),
  zeroSecond: (clock) => padded(clock.second, 2),
  PM: (clock) => (clock.hour >= 12 ? 'PM' : 'AM'),
  pm: (clock) => (clock.hour >= 12 ? 'pm' : 'am'),
  zone: (clock) => clock.zone || writeOffset(2, '', false)(clock),
};

function writeFraction(digits: number, isOptional: boolean, separator: string): Writer {
  return (clock) => {
    const text = padded(clock.nanos, 9).slice(0, digits);
    if (!isOptional) return separator + text;
    const short = text.replace(/0+$/, '');
    return short === '' ? '' : separator + short;
  };
}

function writeOffset(count: number, separator: string, isZForUtc: boolean): Writer {
  return ({ offset }) => {
    if (isZForUtc && offset === 0) return 'Z';
    const size = Math.abs(offset);
    const fields = [Math.floor(size / 3600), Math.floor((size % 3600) / 60), size % 60];
    // As Go: an offset of less than a minute has no sign of its own.
    const sign = offset <= -60 ? '-' : '+';
    return (
      sign +
      fields
        .slice(0, count)
        .map((field) => padded(field, 2))
        .join(separator)
    );
  };
}

function padded(value: number, width: number): string {
  return value < 0 ? `-${padded(-value, width)}` : String(value).padStart(width, '0');
}
