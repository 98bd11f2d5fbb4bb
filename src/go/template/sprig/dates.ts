import { parseGoDurationNanos } from '../../duration.js';
import { parseGoInt } from '../../strconv.js';
import { compileTimeFormat } from '../../time/format-time.js';
import { loadLocation } from '../../time/load-location.js';
import { utc } from '../../time/location.js';
import { compileTimeParser } from '../../time/parse-time.js';
import { duration, requireDuration, roundNanos } from '../duration-value.js';
import { type FunctionTable, fn } from '../functions.js';
import { memo } from '../memo.js';
import { Time, timeAt, zeroTime } from '../time-value.js';
import { Int, type Value } from '../values.js';

/** `now` gives milliseconds since 1970. */
export function dateFunctions(now: () => number): FunctionTable {
  const locationOf = memo((zone) => loadLocation(zone) ?? utc);
  const formatOf = memo(compileTimeFormat);
  const parserOf = memo((layout) => compileTimeParser(layout, locationOf('Local')));
  const present = () => timeAt(BigInt(Math.round(now() * 1e6)), locationOf('Local'));
  const format = (layout: string, date: Value, zone: string) =>
    formatOf(layout)(timeOf(date, present).in(locationOf(zone)));
  const parse = (layout: string, text: string) => {
    const time = parserOf(layout)(text);
    return time === undefined ? undefined : new Time(time);
  };
  const inZone = fn(['string', 'any', 'string'], format);
  const modify = fn(['string', 'time'], (text, time) => time.plus(parseGoDurationNanos(text) ?? 0n));
  const mustModify = fn(['string', 'time'], (text, time) => time.plus(requireDuration(text)));
  return {
    ago: fn(['any'], (date) => {
      const nanos = present().unixNanos - timeOf(date, present).unixNanos;
      return duration(roundNanos(nanos, second)).toString();
    }),
    date: fn(['string', 'any'], (layout, date) => format(layout, date, 'Local')),
    dateInZone: inZone,
    dateModify: modify,
    date_in_zone: inZone,
    date_modify: modify,
    duration: fn(['any'], (seconds) => duration(wholeSeconds(seconds) * second).toString()),
    durationRound: fn(['any'], (value) => roughly(nanosOf(value, present))),
    htmlDate: fn(['any'], (date) => format('2006-01-02', date, 'Local')),
    htmlDateInZone: fn(['any', 'string'], (date, zone) => format('2006-01-02', date, zone)),
    mustDateModify: mustModify,
    mustToDate: fn(['string', 'string'], (layout, text) => {
      const time = parse(layout, text);
      if (time !== undefined) return time;
      throw new Error(`cannot parse ${JSON.stringify(text)} as ${JSON.stringify(layout)}`);
    }),
    must_date_modify: mustModify,
    now: fn([], present),
    toDate: fn(['string', 'string'], (layout, text) => parse(layout, text) ?? zeroTime()),
    unixEpoch: fn(['time'], (time) => String(time.seconds)),
  };
}

const second = 1_000_000_000n;

/** A time, or seconds since 1970; anything else is now. */
function timeOf(date: Value, present: () => Time): Time {
  if (date instanceof Time) return date;
  const isSeconds = date instanceof Int && ['int', 'int64', 'int32'].includes(date.type.name);
  return isSeconds ? timeAt(date.value * second, present().location) : present();
}

/** Of a text or an int64; an int, which is what a literal makes, counts as nothing. */
function wholeSeconds(value: Value): bigint {
  if (typeof value === 'string') return parseGoInt(value) ?? 0n;
  return value instanceof Int && value.type.name === 'int64' ? value.value : 0n;
}

function nanosOf(value: Value, present: () => Time): bigint {
  if (typeof value === 'string') return parseGoDurationNanos(value) ?? 0n;
  if (value instanceof Time) return present().unixNanos - value.unixNanos;
  return value instanceof Int && value.type.name === 'int64' ? value.value : 0n;
}

const units: [string, bigint][] = [
  ['y', 365n * 86_400n * second],
  ['mo', 30n * 86_400n * second],
  ['d', 86_400n * second],
  ['h', 3600n * second],
  ['m', 60n * second],
  ['s', second],
];

/** How many whole ones of the largest unit that is exceeded. */
function roughly(nanos: bigint): string {
  const size = nanos < 0n ? -nanos : nanos;
  const unit = units.find(([, length]) => size > length);
  return unit === undefined ? '0s' : `${size / unit[1]}${unit[0]}`;
}
