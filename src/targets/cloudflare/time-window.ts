/** From `start` up to, and without, `end`: nanoseconds since 1970. */
export interface TimeWindow {
  readonly start: bigint;
  readonly end: bigint;
}

/** Cloudflare's logs are complete only after this time. */
const delayNanos = 60_000_000_000n;

/** The newest time for which there are logs. */
export function newestEnd(nowMs: number): bigint {
  return BigInt(Math.floor(nowMs)) * 1_000_000n - delayNanos;
}

/** The window that was to end at `to`; sooner, if there are no logs up to there yet. Undefined: there are none for it at all. */
export function windowUpTo(to: bigint, rangeNanos: bigint, newest: bigint): TimeWindow | undefined {
  const start = to - rangeNanos;
  const end = to < newest ? to : newest;
  return start < end ? { start, end } : undefined;
}

/** The window in so many parts, of which the last takes what cannot be divided. */
export function splitWindow({ start, end }: TimeWindow, parts: number): TimeWindow[] {
  const share = (end - start) / BigInt(parts);
  const starts = Array.from({ length: parts }, (_, index) => start + share * BigInt(index));
  const windows = starts.map((from, index) => ({ start: from, end: starts[index + 1] ?? end }));
  return windows.filter((window) => window.start < window.end);
}
