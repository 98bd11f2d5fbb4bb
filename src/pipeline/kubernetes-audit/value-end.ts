/**
 * The index after the JSON value at `at`, or -1 when there is none: the slow way, for values that skip.ts leaves to others (numbers
 * with exponents, deep nesting). First finds where the value ends, then lets JSON.parse say whether it is one.
 */
export function endOfValue(bytes: Buffer, at: number, end: number): number {
  let start = at;
  while (start < end && isBlank(bytes[start]!)) start++;
  const after = skim(bytes, start, end);
  if (after <= start) return -1;
  try {
    JSON.parse(bytes.toString('utf8', start, after));
    return after;
  } catch {
    return -1;
  }
}

/** Where the brackets close, the string ends, or the number does. */
function skim(bytes: Buffer, start: number, end: number): number {
  let depth = 0;
  let at = start;
  while (at < end) {
    const byte = bytes[at]!;
    if (byte === quote) {
      at = endOfString(bytes, at + 1, end);
      if (at < 0) return -1;
    } else if (byte === 0x7b || byte === 0x5b) {
      depth++;
      at++;
    } else if (byte === 0x7d || byte === 0x5d) {
      if (depth === 0) return at;
      depth--;
      at++;
    } else if (depth === 0 && (byte === 0x2c || isBlank(byte))) {
      return at;
    } else {
      at++;
      continue;
    }
    if (depth === 0) return at;
  }
  return depth === 0 ? at : -1;
}

function endOfString(bytes: Buffer, start: number, end: number): number {
  for (let at = start; at < end; at++) {
    if (bytes[at] === quote) return at + 1;
    if (bytes[at] === backslash) at++;
  }
  return -1;
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}

const quote = 0x22;
const backslash = 0x5c;
