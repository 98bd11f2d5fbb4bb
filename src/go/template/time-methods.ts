import { dayOfYear, daysFromCivil } from '../time/civil.js';
import { readClock } from '../time/format-time.js';
import { localLocation } from '../time/load-location.js';
import { secondsInLocation, utc } from '../time/location.js';
import { longMonths, longWeekdays } from '../time/names.js';
import { duration, roundNanos, truncateNanos } from './duration-value.js';
import { fn } from './functions.js';
import { Time, timeAt, zeroSeconds } from './time-value.js';
import { type GoFunction, Int, type IntType, int, int64 } from './values.js';

/** A method of a time.Time, undefined when it has none of that name. */
export function timeMethod(time: Time, name: string): GoFunction | undefined {
  return Object.hasOwn(timeMethods, name) ? timeMethods[name]!(time) : undefined;
}

/** Those with one result: others cannot be called by templates. */
const timeMethods: Readonly<Record<string, (time: Time) => GoFunction>> = {
  Add: (time) => fn(['duration'], (nanos) => time.plus(nanos)),
  AddDate: (time) => fn(['int', 'int', 'int'], (years, months, days) => addDate(time, years, months, days)),
  After: (time) => fn(['time'], (other) => time.unixNanos > other.unixNanos),
  Before: (time) => fn(['time'], (other) => time.unixNanos < other.unixNanos),
  Compare: (time) => fn(['time'], (other) => int(compare(time.unixNanos, other.unixNanos))),
  Day: (time) => fn([], () => int(readClock(time).day)),
  Equal: (time) => fn(['time'], (other) => time.unixNanos === other.unixNanos),
  Format: (time) => fn(['string'], (layout) => time.format(layout)),
  Hour: (time) => fn([], () => int(readClock(time).hour)),
  IsZero: (time) => fn([], () => time.seconds === zeroSeconds && time.nanos === 0),
  Local: (time) => fn([], () => time.in(localLocation())),
  Minute: (time) => fn([], () => int(readClock(time).minute)),
  Month: (time) => fn([], () => new Int(BigInt(readClock(time).month), monthType)),
  Nanosecond: (time) => fn([], () => int(time.nanos)),
  Round: (time) => fn(['duration'], (unit) => sinceZero(time, unit, roundNanos)),
  Second: (time) => fn([], () => int(readClock(time).second)),
  String: (time) => fn([], () => time.toString()),
  Sub: (time) => fn(['time'], (other) => duration(time.unixNanos - other.unixNanos)),
  Truncate: (time) => fn(['duration'], (unit) => sinceZero(time, unit, truncateNanos)),
  UTC: (time) => fn([], () => time.in(utc)),
  Unix: (time) => fn([], () => int64(time.seconds)),
  UnixMicro: (time) => fn([], () => int64(time.seconds * 1e6 + Math.floor(time.nanos / 1e3))),
  UnixMilli: (time) => fn([], () => int64(time.seconds * 1e3 + Math.floor(time.nanos / 1e6))),
  UnixNano: (time) => fn([], () => int64(time.unixNanos)),
  Weekday: (time) => fn([], () => new Int(BigInt(readClock(time).weekday), weekdayType)),
  Year: (time) => fn([], () => int(readClock(time).year)),
  YearDay: (time) => fn([], () => int(dayOfYear(readClock(time)))),
};

const monthType: IntType = {
  name: 'time.Month',
  kind: 'int',
  isUnsigned: false,
  toText: (month) => longMonths[Number(month) - 1]!,
  methods: { String: (month) => fn([], () => longMonths[Number(month) - 1]!) },
};

const weekdayType: IntType = {
  name: 'time.Weekday',
  kind: 'int',
  isUnsigned: false,
  toText: (day) => longWeekdays[Number(day)]!,
  methods: { String: (day) => fn([], () => longWeekdays[Number(day)]!) },
};

function compare(a: bigint, b: bigint): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Wall time stays the same; a day that the month does not have runs into the next. */
function addDate(time: Time, years: number, months: number, days: number): Time {
  const clock = readClock(time);
  const month = clock.month - 1 + months;
  const day = daysFromCivil(clock.year + years + Math.floor(month / 12), (((month % 12) + 12) % 12) + 1, 1);
  const wall = (day + clock.day - 1 + days) * 86_400 + clock.hour * 3600 + clock.minute * 60 + clock.second;
  return new Time({
    seconds: secondsInLocation(wall, time.location),
    nanos: time.nanos,
    location: time.location,
  });
}

/** Multiples are counted from the zero time. */
function sinceZero(time: Time, unit: bigint, cut: (nanos: bigint, unit: bigint) => bigint): Time {
  const zero = BigInt(zeroSeconds) * 1_000_000_000n;
  return timeAt(cut(time.unixNanos - zero, unit) + zero, time.location);
}
