/**
 * How long to wait after the `attempt`-th failure in a row, counted from 1: anywhere between min·2^(attempt−1) and twice
 * that, neither more than max; Promtail's schedule. `random` is from [0, 1).
 */
export function backoffMs(attempt: number, minMs: number, maxMs: number, random: number): number {
  // As a doubling that stops at the maximum: the last range before it stays the one drawn from.
  let low = minMs;
  let high = Math.min(minMs * 2, maxMs);
  for (let i = 1; i < attempt && high < maxMs; i++) {
    low = Math.min(low * 2, maxMs);
    high = Math.min(high * 2, maxMs);
  }
  return low >= high ? low : low + random * (high - low);
}
