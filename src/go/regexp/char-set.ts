/** A set of code points: sorted, disjoint, non-adjacent ranges, flat as [first0, last0, first1, last1, …]. */
export type CharSet = readonly number[];

export const MAX_CODE_POINT = 0x10ffff;
export const NO_CHARS: CharSet = [];
export const ALL_CHARS: CharSet = [0, MAX_CODE_POINT];
export const NOT_NEWLINE: CharSet = [0, 0x09, 0x0b, MAX_CODE_POINT];

/** The union of ranges given in any order: [first0, last0, …]. */
export function charSet(ranges: readonly number[]): CharSet {
  const starts: number[] = [];
  for (let i = 0; i < ranges.length; i += 2) starts.push(i);
  starts.sort((a, b) => ranges[a]! - ranges[b]!);
  const merged: number[] = [];
  for (const i of starts) {
    const first = ranges[i]!;
    const last = ranges[i + 1]!;
    if (merged.length > 0 && first <= merged.at(-1)! + 1) {
      merged[merged.length - 1] = Math.max(merged.at(-1)!, last);
    } else {
      merged.push(first, last);
    }
  }
  return merged;
}

export function union(...sets: CharSet[]): CharSet {
  return charSet(sets.flat());
}

export function negate(set: CharSet): CharSet {
  const gaps: number[] = [];
  let next = 0;
  for (let i = 0; i < set.length; i += 2) {
    if (next < set[i]!) gaps.push(next, set[i]! - 1);
    next = set[i + 1]! + 1;
  }
  if (next <= MAX_CODE_POINT) gaps.push(next, MAX_CODE_POINT);
  return gaps;
}

export function overlap(a: CharSet, b: CharSet): boolean {
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    if (a[i + 1]! < b[j]!) i += 2;
    else if (b[j + 1]! < a[i]!) j += 2;
    else return true;
  }
  return false;
}

export function contains(set: CharSet, codePoint: number): boolean {
  return overlap(set, [codePoint, codePoint]);
}

/**
 * Adds what `(?i)` holds equal by Unicode simple folding. Known here for ASCII only, where the two strangers are
 * the long s and the Kelvin sign; undefined for a set that reaches further.
 */
export function foldCase(set: CharSet): CharSet | undefined {
  if ((set.at(-1) ?? 0) > 0x7f) return undefined;
  const ranges = [...set];
  for (let i = 0; i < set.length; i += 2) {
    addShifted(ranges, set, i, A, Z, CASE_BIT);
    addShifted(ranges, set, i, A + CASE_BIT, Z + CASE_BIT, -CASE_BIT);
  }
  if (overlap(set, K_BOTH_CASES)) ranges.push(KELVIN_SIGN, KELVIN_SIGN);
  if (overlap(set, S_BOTH_CASES)) ranges.push(LONG_S, LONG_S);
  return charSet(ranges);
}

const A = 0x41;
const Z = 0x5a;
const CASE_BIT = 0x20;
const KELVIN_SIGN = 0x212a;
const LONG_S = 0x17f;
const K_BOTH_CASES: CharSet = [0x4b, 0x4b, 0x6b, 0x6b];
const S_BOTH_CASES: CharSet = [0x53, 0x53, 0x73, 0x73];

/** Adds the part of the i-th range that lies in from…to, moved by `shift`. */
function addShifted(
  ranges: number[],
  set: CharSet,
  i: number,
  from: number,
  to: number,
  shift: number,
): void {
  const first = Math.max(set[i]!, from);
  const last = Math.min(set[i + 1]!, to);
  if (first <= last) ranges.push(first + shift, last + shift);
}
