import { quoteGo } from './strconv.js';

/** Reads a Go duration such as `1h30m` or `-1.5s`, in milliseconds; throws an Error that says what is wrong. */
export function parseGoDuration(text: string): number {
  const nanos = readDuration(text);
  if (typeof nanos === 'string') throw new Error(nanos);
  return Number(nanos) / 1e6;
}

/** The same in nanoseconds; undefined when `text` is no Go duration. */
export function parseGoDurationNanos(text: string): bigint | undefined {
  const nanos = readDuration(text);
  return typeof nanos === 'string' ? undefined : nanos;
}

/** Writes milliseconds as Go prints a duration: `1m30s`, `250ms`, `0s`. */
export function formatGoDuration(ms: number): string {
  const nanos = BigInt(Math.round(ms * 1e6));
  return formatGoDurationNanos(nanos < largest ? nanos : largest - 1n);
}

/** The same for nanoseconds: Go's `Duration.String()`. */
export function formatGoDurationNanos(nanos: bigint): string {
  if (nanos === 0n) return '0s';
  const sign = nanos < 0n ? '-' : '';
  const size = nanos < 0n ? -nanos : nanos;
  if (size < 1000n) return `${sign}${size}ns`;
  if (size < 1_000_000n) return `${sign}${withFraction(size, 1000n)}µs`;
  if (size < 1_000_000_000n) return `${sign}${withFraction(size, 1_000_000n)}ms`;
  const seconds = `${withFraction(size % 60_000_000_000n, 1_000_000_000n)}s`;
  const minutes = size / 60_000_000_000n;
  if (minutes === 0n) return sign + seconds;
  if (minutes < 60n) return `${sign}${minutes}m${seconds}`;
  return `${sign}${minutes / 60n}h${minutes % 60n}m${seconds}`;
}

/**
 * Reads a Prometheus duration: whole numbers with the units y w d h m s ms, biggest first, each at most once (`1d12h`),
 * or `0`. In milliseconds; throws an Error that says what is wrong.
 */
export function parsePrometheusDuration(text: string): number {
  if (text === '0') return 0;
  if (text === '') throw new Error('empty duration');
  const parts = prometheusDuration.exec(text);
  if (parts === null)
    throw new Error(`not a valid duration: ${quoteGo(text)} (write it like 1d12h, 30s or 500ms)`);
  let ms = 0;
  for (const [index, unit] of prometheusUnits.entries()) ms += Number(parts[index + 1] ?? 0) * unit.ms;
  if (ms > 9223372036854.775) throw new Error(`duration out of range: ${quoteGo(text)}`);
  return ms;
}

/** Writes milliseconds as a Prometheus duration; years, weeks and days only where they come out even. */
export function formatPrometheusDuration(ms: number): string {
  if (ms === 0) return '0s';
  let text = '';
  let rest = ms;
  for (const unit of prometheusUnits) {
    if (unit.onlyExact && rest % unit.ms !== 0) continue;
    const count = Math.floor(rest / unit.ms);
    if (count > 0) text += `${count}${unit.name}`;
    rest -= count * unit.ms;
  }
  return text;
}

const prometheusDuration = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;
const prometheusUnits = [
  { name: 'y', ms: 365 * 86_400_000, onlyExact: true },
  { name: 'w', ms: 7 * 86_400_000, onlyExact: true },
  { name: 'd', ms: 86_400_000, onlyExact: false },
  { name: 'h', ms: 3_600_000, onlyExact: false },
  { name: 'm', ms: 60_000, onlyExact: false },
  { name: 's', ms: 1000, onlyExact: false },
  { name: 'ms', ms: 1, onlyExact: false },
];

const goUnits: Record<string, bigint> = {
  ns: 1n,
  us: 1000n,
  µs: 1000n, // U+00B5, the micro sign
  μs: 1000n, // U+03BC, the Greek letter
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};
const largest = 1n << 63n;

/** Nanoseconds, or why `text` is not a duration. */
function readDuration(text: string): bigint | string {
  const invalid = `invalid duration ${quoteGo(text)}`;
  const unsigned = /^[+-]/.test(text) ? text.slice(1) : text;
  if (unsigned === '0') return 0n;
  if (unsigned === '') return invalid;
  let total = 0n;
  const part = /(\d*)(?:\.(\d*))?([^\d.]*)/y;
  while (part.lastIndex < unsigned.length) {
    const [, whole = '', fraction = '', unit = ''] = part.exec(unsigned)!;
    if (whole === '' && fraction === '') return invalid;
    if (unit === '') return `${invalid}: missing unit`;
    const scale = goUnits[unit];
    if (scale === undefined) return `${invalid}: unknown unit ${quoteGo(unit)}`;
    total += BigInt(whole) * scale + fractionNanos(fraction, scale);
    if (total > largest) return invalid;
  }
  if (text.startsWith('-')) return -total;
  return total === largest ? invalid : total;
}

function fractionNanos(fraction: string, scale: bigint): bigint {
  // As Go: in floating point, from the digits that fit in 63 bits.
  const digits = fraction.slice(0, 18);
  return BigInt(Math.trunc(Number(digits) * (Number(scale) / 10 ** digits.length)));
}

/** `count` of a unit with the decimals left in it, without trailing zeros. */
function withFraction(nanos: bigint, unit: bigint): string {
  const width = String(unit).length - 1;
  const fraction = String(nanos % unit)
    .padStart(width, '0')
    .replace(/0+$/, '');
  return fraction === '' ? `${nanos / unit}` : `${nanos / unit}.${fraction}`;
}
