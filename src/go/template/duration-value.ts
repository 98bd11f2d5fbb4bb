import { formatGoDurationNanos, parseGoDurationNanos } from '../duration.js';
import { fn } from './functions.js';
import { Int, type IntType, int64 } from './values.js';

/** A Go time.Duration, in nanoseconds. */
export function duration(nanos: bigint): Int {
  return new Int(BigInt.asIntN(64, nanos), durationType);
}

/** To the nearest multiple of `unit`, halves away from zero; as it is when `unit` is not positive. */
export function roundNanos(nanos: bigint, unit: bigint): bigint {
  if (unit <= 0n) return nanos;
  const size = nanos < 0n ? -nanos : nanos;
  const rounded = ((size + unit / 2n) / unit) * unit;
  return nanos < 0n ? -rounded : rounded;
}

export function truncateNanos(nanos: bigint, unit: bigint): bigint {
  return unit <= 0n ? nanos : nanos - (nanos % unit);
}

/** Throws when `text` is no duration. */
export function requireDuration(text: string): bigint {
  const nanos = parseGoDurationNanos(text);
  if (nanos === undefined) throw new Error(`invalid duration ${JSON.stringify(text)}`);
  return nanos;
}

const durationType: IntType = {
  name: 'time.Duration',
  kind: 'int64',
  isUnsigned: false,
  toText: formatGoDurationNanos,
  methods: {
    Abs: (nanos) => fn([], () => duration(nanos < 0n ? -nanos : nanos)),
    Hours: (nanos) => fn([], () => Number(nanos) / 3.6e12),
    Minutes: (nanos) => fn([], () => Number(nanos) / 6e10),
    Seconds: (nanos) => fn([], () => Number(nanos) / 1e9),
    Milliseconds: (nanos) => fn([], () => int64(nanos / 1_000_000n)),
    Microseconds: (nanos) => fn([], () => int64(nanos / 1000n)),
    Nanoseconds: (nanos) => fn([], () => int64(nanos)),
    Round: (nanos) => fn(['duration'], (unit) => duration(roundNanos(nanos, unit))),
    Truncate: (nanos) => fn(['duration'], (unit) => duration(truncateNanos(nanos, unit))),
    String: (nanos) => fn([], () => formatGoDurationNanos(nanos)),
  },
};
