/**
 * Looks at bytes four at a time: about twice as fast as one at a time. A word that holds a byte looked for has the
 * high bit of that byte set in the result of the arithmetic; only the lowest such bit can be trusted.
 */

/** Index of the first quote, backslash or control character from `at` on; there must be one at `end` or before. */
export function findStringStop(view: DataView, at: number, end: number): number {
  for (const lastWord = end - 3; at <= lastWord; at += 4) {
    const word = view.getInt32(at, true);
    // The quote changes places with the blank, and is then next to the control characters.
    const swapped = word ^ 0x02020202;
    const backslash = word ^ 0x5c5c5c5c;
    const stops =
      (((swapped - 0x21212121) & ~swapped) | ((backslash - 0x01010101) & ~backslash)) & 0x80808080;
    if (stops !== 0) return at + ((31 - Math.clz32(stops & -stops)) >> 3);
  }
  while (!stopsString(view.getUint8(at))) {
    at++;
  }
  return at;
}

function stopsString(byte: number): boolean {
  return byte === 0x22 || byte === 0x5c || byte < 0x20;
}

export function equalBytes(
  left: DataView,
  leftAt: number,
  right: DataView,
  rightAt: number,
  length: number,
): boolean {
  if (length < 4) {
    for (let index = 0; index < length; index++) {
      if (left.getUint8(leftAt + index) !== right.getUint8(rightAt + index)) return false;
    }
    return true;
  }
  // The last word overlaps the one before it where the length is not a multiple of four.
  const last = length - 4;
  for (let index = 0; index < last; index += 4) {
    if (left.getInt32(leftAt + index, true) !== right.getInt32(rightAt + index, true)) return false;
  }
  return left.getInt32(leftAt + last, true) === right.getInt32(rightAt + last, true);
}

export function copyBytes(from: DataView, fromAt: number, to: DataView, toAt: number, length: number): void {
  if (length < 4) {
    for (let index = 0; index < length; index++) {
      to.setUint8(toAt + index, from.getUint8(fromAt + index));
    }
    return;
  }
  const last = length - 4;
  for (let index = 0; index < last; index += 4) {
    to.setInt32(toAt + index, from.getInt32(fromAt + index, true), true);
  }
  to.setInt32(toAt + last, from.getInt32(fromAt + last, true), true);
}

/** A hash, its upper bits the best ones; negative if any of the bytes is not ASCII. */
export function hashAscii(view: DataView, start: number, end: number): number {
  let hash = end - start;
  let union = 0;
  if (hash < 4) {
    for (let at = start; at < end; at++) {
      const byte = view.getUint8(at);
      hash = Math.imul(hash ^ byte, multiplier);
      union |= byte;
    }
  } else {
    const last = end - 4;
    for (let at = start; at < last; at += 4) {
      const word = view.getInt32(at, true);
      hash = Math.imul(hash ^ word, multiplier);
      union |= word;
    }
    const word = view.getInt32(last, true);
    hash = Math.imul(hash ^ word, multiplier);
    union |= word;
  }
  hash = Math.imul(hash ^ (hash >>> 16), multiplier);
  return (union & 0x80808080) === 0 ? hash >>> 1 : -1;
}

/** 2^32 over the golden ratio, odd. */
const multiplier = 0x9e3779b1;
