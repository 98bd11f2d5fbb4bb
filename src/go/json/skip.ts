import { byteAt, findStringStop } from './words.js';

/**
 * Walks over JSON bytes without reading them. Each function takes the index where its part begins and gives the
 * index after it, or -1 when it is not the plain JSON on which all readers agree: the caller then lets the full
 * reader decide. Nothing at or after `end` is looked at.
 *
 * Written so that V8 takes all calls on the common path into the loops: blanks, which the API server does not
 * write, are looked for only where there is one, and a container skips strings in one place. That doubles the speed.
 */

/** A value and the blanks before it. */
export function skipValue(view: DataView, at: number, end: number): number {
  switch (byteAt(view, at, end)) {
    case 0x22:
      return skipString(view, at + 1, end);
    case 0x7b:
    case 0x5b:
      return skipContainer(view, at, end);
    default:
      return skipOtherValue(view, at, end);
  }
}

function skipOtherValue(view: DataView, at: number, end: number): number {
  const next = skipBlanks(view, at, end);
  return next === at ? skipScalar(view, at, end) : skipValue(view, next, end);
}

/** Takes the index after the opening quote. */
export function skipString(view: DataView, at: number, end: number): number {
  for (;;) {
    at = findStringStop(view, at, end);
    const stop = byteAt(view, at, end);
    if (stop === 0x22) return at + 1;
    at = stop === 0x5c ? skipEscape(view, at, end) : -1;
    if (at < 0) return -1;
  }
}

function skipEscape(view: DataView, at: number, end: number): number {
  const letter = byteAt(view, at + 1, end);
  if (letter !== 0x75) return isEscapeLetter[letter] === 1 ? at + 2 : -1;
  for (let digit = at + 2; digit < at + 6; digit++) {
    if (isHexDigit[byteAt(view, digit, end)] === 0) return -1;
  }
  return at + 6;
}

/** Objects and arrays, all levels in one loop. */
function skipContainer(view: DataView, at: number, end: number): number {
  let depth = 0;
  let isKey = false;
  while (at < end) {
    const first = view.getUint8(at);
    if (first === 0x22) {
      at = skipString(view, at + 1, end);
      if (at < 0) return -1;
      if (isKey) {
        at = byteAt(view, at, end) === 0x3a ? at + 1 : skipColon(view, at, end);
        if (at < 0) return -1;
        isKey = false;
        continue;
      }
    } else if (first <= 0x20) {
      const next = skipBlanks(view, at, end);
      if (next === at) return -1;
      at = next;
      continue;
    } else if (isKey) {
      return -1;
    } else if (first === 0x7b || first === 0x5b) {
      at = skipBlanks(view, at + 1, end);
      if (byteAt(view, at, end) !== first + 2) {
        if (depth === maxDepth) return -1;
        closers[depth++] = first + 2;
        isKey = first === 0x7b;
        continue;
      }
      at++;
    } else {
      at = skipScalar(view, at, end);
      if (at < 0) return -1;
    }
    // A value has ended: leave the containers that end with it.
    for (;;) {
      if (depth === 0) return at;
      const after = byteAt(view, at, end);
      if (after === 0x2c) {
        isKey = closers[depth - 1] === 0x7d;
        at++;
        break;
      }
      if (after === closers[depth - 1]) {
        depth--;
        at++;
      } else {
        const next = skipBlanks(view, at, end);
        if (next === at) return -1;
        at = next;
      }
    }
  }
  return -1;
}

/** A colon and the blanks before it. */
export function skipColon(view: DataView, at: number, end: number): number {
  at = skipBlanks(view, at, end);
  return byteAt(view, at, end) === 0x3a ? at + 1 : -1;
}

export function skipBlanks(view: DataView, at: number, end: number): number {
  while (at < end && isBlank(view.getUint8(at))) {
    at++;
  }
  return at;
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}

/** Anything but a string or a container. */
export function skipScalar(view: DataView, at: number, end: number): number {
  switch (byteAt(view, at, end)) {
    case 0x74:
      return skipLetters(view, at, end, 'true');
    case 0x66:
      return skipLetters(view, at, end, 'false');
    case 0x6e:
      return skipLetters(view, at, end, 'null');
    default:
      return skipNumber(view, at, end);
  }
}

function skipLetters(view: DataView, at: number, end: number, letters: string): number {
  for (let index = 0; index < letters.length; index++) {
    if (byteAt(view, at + index, end) !== letters.charCodeAt(index)) return -1;
  }
  return at + letters.length;
}

/** Numbers with an exponent, and very long ones, may overflow: those are left to the full reader. */
function skipNumber(view: DataView, start: number, end: number): number {
  const first = byteAt(view, start, end) === 0x2d ? start + 1 : start;
  let at = skipDigits(view, first, end);
  if (at === first || (at > first + 1 && byteAt(view, first, end) === 0x30)) return -1;
  if (byteAt(view, at, end) === 0x2e) {
    const fraction = at + 1;
    at = skipDigits(view, fraction, end);
    if (at === fraction) return -1;
  }
  const hasExponent = (byteAt(view, at, end) | 0x20) === 0x65;
  return hasExponent || at - start > maxNumberLength ? -1 : at;
}

function skipDigits(view: DataView, at: number, end: number): number {
  while (at < end && isDigit(view.getUint8(at))) {
    at++;
  }
  return at;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

const maxNumberLength = 200;
const maxDepth = 256;
const closers = new Uint8Array(maxDepth);
const isEscapeLetter = tableOf('"\\/bfnrt');
const isHexDigit = tableOf('0123456789abcdefABCDEF');

function tableOf(characters: string): Uint8Array {
  const table = new Uint8Array(256);
  for (const byte of Buffer.from(characters)) {
    table[byte] = 1;
  }
  return table;
}
