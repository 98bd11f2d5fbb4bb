import { parseGoInt } from '../strconv.js';

export interface UnixInstant {
  readonly seconds: number;
  readonly nanos: number;
}

/** Seconds, with a fraction after exactly one point. Both sides are signed integers of their own: `-1.5` is −0.5 s. */
export function parseUnixSeconds(text: string): UnixInstant | undefined {
  const point = text.indexOf('.');
  if (point < 0 || text.includes('.', point + 1)) {
    const seconds = parseInteger(text);
    return seconds === undefined ? undefined : { seconds, nanos: 0 };
  }
  const seconds = parseInteger(text.slice(0, point));
  const fraction = parseInteger(text.slice(point + 1));
  if (seconds === undefined || fraction === undefined) return undefined;
  const digits = text.length - point - 1;
  const nanos = Math.trunc(fraction * 10 ** (9 - digits));
  const whole = Math.floor(nanos / 1e9);
  return { seconds: seconds + whole, nanos: nanos - whole * 1e9 };
}

/** A whole number of milli-, micro- or nanoseconds; multiplied into nanoseconds it wraps at 64 bits, as Go's does. */
export function unixTicksParser(ticksPerSecond: 1e3 | 1e6 | 1e9): (text: string) => UnixInstant | undefined {
  const digits = String(ticksPerSecond).length - 1;
  const nanosPerTick = 1e9 / ticksPerSecond;
  return (text) => {
    // No sign and too few digits to leave the range: the digits say it all, without big integers.
    if (text.length > digits && text.length < digits + 10 && allDigits.test(text)) {
      const split = text.length - digits;
      return { seconds: Number(text.slice(0, split)), nanos: Number(text.slice(split)) * nanosPerTick };
    }
    const ticks = parseGoInt(text);
    if (ticks === undefined) return undefined;
    const nanos = BigInt.asIntN(64, ticks * BigInt(nanosPerTick));
    const nanosOfSecond = ((nanos % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
    return { seconds: Number((nanos - nanosOfSecond) / 1_000_000_000n), nanos: Number(nanosOfSecond) };
  };
}

const allDigits = /^\d+$/;

function parseInteger(text: string): number | undefined {
  if (text.length > 0 && text.length < 16 && allDigits.test(text)) return Number(text);
  const value = parseGoInt(text);
  return value === undefined ? undefined : Number(value);
}
