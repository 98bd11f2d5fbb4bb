import type { ExtractedValue } from '../entry/extracted.js';
import { parseGoDurationNanos } from '../go/duration.js';
import { formatGoFloat, parseGoFloat } from '../go/strconv.js';

/** A value as text, for labels, templates and the like; undefined when it is not there or nil. */
export function toText(value: ExtractedValue | undefined): string | undefined {
  if (typeof value === 'string') return value;
  if (value === undefined || value === null) return undefined;
  return typeof value === 'number' ? formatGoFloat(value) : String(value);
}

/** A value as number, for metrics: texts may be floats or durations, which count in seconds. Undefined when it is none. */
export function toFloat(value: ExtractedValue | undefined): number | undefined {
  switch (typeof value) {
    case 'number':
      return value;
    case 'boolean':
      return value ? 1 : 0;
    case 'string':
      return parseGoFloat(value) ?? durationSeconds(value);
    default:
      return undefined;
  }
}

function durationSeconds(text: string): number | undefined {
  const nanos = parseGoDurationNanos(text);
  if (nanos === undefined) return undefined;
  // Whole seconds and the rest apart, as Go's Duration.Seconds does, which loses less than one division.
  return Number(nanos / 1_000_000_000n) + Number(nanos % 1_000_000_000n) / 1e9;
}
