/**
 * The parts of JSON, sixteen bytes at a time. Functions take the address where their part begins and give the address after it, or 0 when it is
 * not the plain JSON on which all readers agree: the caller then lets the full reader decide. After the line stands a newline: it can be
 * part of no token, so the end need not be looked for.
 */

const maxDepth = 10_000;
const closers: usize = memory.data(maxDepth, 16);
/** Up to here readers agree about what a value is worth. */
const maxPlainDepth = 256;
const maxPlainNumber: usize = 200;

/** What a value is worth need not be agreed upon: it only matters where it is. */
let onlyPlaces: bool = false;

/** A newline ends the line, and is no blank in it. */
let onlyLines: bool = false;

export function setPurpose(places: bool, lines: bool): void {
  onlyPlaces = places;
  onlyLines = lines;
}

/** The first quote, backslash or control character. There is one: the newline after the line. */
@inline
export function findStringStop(at: usize): usize {
  while (true) {
    const block = v128.load(at);
    const stops = v128.or(
      v128.or(i8x16.eq(block, i8x16.splat(0x22)), i8x16.eq(block, i8x16.splat(0x5c))),
      i8x16.lt_u(block, i8x16.splat(0x20)),
    );
    const mask = i8x16.bitmask(stops);
    if (mask !== 0) return at + ctz(mask);
    at += 16;
  }
}

/** A value and the blanks before it. */
export function skipValue(start: usize, end: usize): usize {
  let at = start;
  if (load<u8>(at) <= 0x20) at = skipBlanks(at, end);
  const first = load<u8>(at);
  if (first === 0x22) return skipString(at + 1);
  if (first === 0x7b || first === 0x5b) return skipContainer(at, end);
  return skipScalar(at);
}

/** From after the opening quote, or from anywhere in the string that is not within an escape. */
@inline
export function skipString(at: usize): usize {
  while (true) {
    at = findStringStop(at);
    const stop = load<u8>(at);
    if (stop === 0x22) return at + 1;
    if (stop !== 0x5c) return 0;
    at = skipEscape(at);
    if (at === 0) return 0;
  }
}

/** As `skipString`; 0, too, when an escape could hide that it is the key it is. */
export function skipOddKey(start: usize): usize {
  let at = start;
  while (true) {
    at = findStringStop(at);
    const stop = load<u8>(at);
    if (stop === 0x22) return at + 1;
    if (stop !== 0x5c || isDisguise(at)) return 0;
    at = skipEscape(at);
    if (at === 0) return 0;
  }
}

/** Whether a character that needs no escape has one: one of ASCII that can be printed, but `&`, `<` and `>`, which Go writes so. */
function isDisguise(at: usize): bool {
  if (load<u8>(at + 1) === 0x2f) return true;
  // \u00
  if (load<u32>(at) !== 0x3030755c) return false;
  const first = load<u8>(at + 4);
  const second = load<u8>(at + 5) | 0x20;
  if (first < 0x32 || first > 0x37) return false;
  return !(first === 0x32 && second === 0x36) && !(first === 0x33 && (second === 0x63 || second === 0x65));
}

function skipEscape(at: usize): usize {
  switch (load<u8>(at + 1)) {
    case 0x22:
    case 0x5c:
    case 0x2f:
    case 0x62:
    case 0x66:
    case 0x6e:
    case 0x72:
    case 0x74:
      return at + 2;
    case 0x75: {
      for (let digit = at + 2; digit < at + 6; digit++) if (!isHexDigit(load<u8>(digit))) return 0;
      return at + 6;
    }
    default:
      return 0;
  }
}

function isHexDigit(byte: u8): bool {
  return isDigit(byte) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66);
}

/** An object or an array, all levels in one loop. */
function skipContainer(start: usize, end: usize): usize {
  let at = start;
  let depth: usize = 0;
  let isKey = false;
  while (true) {
    const first = load<u8>(at);
    if (first === 0x22) {
      at = skipString(at + 1);
      if (at === 0) return 0;
      if (isKey) {
        at = load<u8>(at) === 0x3a ? at + 1 : skipColon(at, end);
        if (at === 0) return 0;
        isKey = false;
        continue;
      }
    } else if (first <= 0x20) {
      const next = skipBlanks(at, end);
      if (next === at) return 0;
      at = next;
      continue;
    } else if (isKey) {
      return 0;
    } else if (first === 0x7b || first === 0x5b) {
      at = skipBlanks(at + 1, end);
      if (load<u8>(at) !== first + 2) {
        if (depth === (onlyPlaces ? maxDepth : maxPlainDepth)) return 0;
        store<u8>(closers + depth++, first + 2);
        isKey = first === 0x7b;
        continue;
      }
      at++;
    } else {
      at = skipScalar(at);
      if (at === 0) return 0;
    }
    // A value has ended: leave the containers that end with it.
    while (true) {
      if (depth === 0) return at;
      const after = load<u8>(at);
      const closer = load<u8>(closers + depth - 1);
      if (after === 0x2c) {
        isKey = closer === 0x7d;
        at++;
        break;
      }
      if (after === closer) {
        depth--;
        at++;
      } else {
        const next = skipBlanks(at, end);
        if (next === at) return 0;
        at = next;
      }
    }
  }
}

export function skipColon(start: usize, end: usize): usize {
  const at = skipBlanks(start, end);
  return load<u8>(at) === 0x3a ? at + 1 : 0;
}

/** There are hardly ever any. */
@inline
export function skipBlanks(at: usize, end: usize): usize {
  return load<u8>(at) > 0x20 ? at : skipAllBlanks(at, end);
}

function skipAllBlanks(start: usize, end: usize): usize {
  let at = start;
  while (at < end && isBlank(load<u8>(at))) at++;
  return at;
}

@inline
function isBlank(byte: u8): bool {
  return byte === 0x20 || byte === 0x09 || byte === 0x0d || (byte === 0x0a && !onlyLines);
}

/** Anything but a string or a container. */
function skipScalar(at: usize): usize {
  switch (load<u8>(at)) {
    case 0x74:
      return load<u32>(at) === 0x65757274 ? at + 4 : 0; // true
    case 0x66:
      return load<u32>(at + 1) === 0x65736c61 ? at + 5 : 0; // (f)alse
    case 0x6e:
      return load<u32>(at) === 0x6c6c756e ? at + 4 : 0; // null
    default:
      return skipNumber(at);
  }
}

/** Numbers with an exponent, and very long ones, may overflow: what they are worth is left to the full reader. */
function skipNumber(start: usize): usize {
  const first = load<u8>(start) === 0x2d ? start + 1 : start;
  let at = skipDigits(first);
  if (at === first || (at > first + 1 && load<u8>(first) === 0x30)) return 0;
  if (load<u8>(at) === 0x2e) {
    const fraction = at + 1;
    at = skipDigits(fraction);
    if (at === fraction) return 0;
  }
  const hasExponent = (load<u8>(at) | 0x20) === 0x65;
  if (!onlyPlaces) return hasExponent || at - start > maxPlainNumber ? 0 : at;
  return hasExponent ? skipExponent(at + 1) : at;
}

function skipExponent(at: usize): usize {
  const sign = load<u8>(at);
  const first = sign === 0x2b || sign === 0x2d ? at + 1 : at;
  const after = skipDigits(first);
  return after === first ? 0 : after;
}

function skipDigits(at: usize): usize {
  while (isDigit(load<u8>(at))) at++;
  return at;
}

@inline
export function isDigit(byte: u8): bool {
  return byte >= 0x30 && byte <= 0x39;
}
