import { findStringStop } from './words.js';

/**
 * Walks over JSON bytes without reading them. Each function takes the index where its part begins and gives the
 * index after it, or -1 when it is not the plain JSON on which all readers agree: the caller then lets the full
 * reader decide. The byte at `end`, after the line, must be a newline: it can be part of no token, so nothing but
 * blanks has to be checked for the end. That makes a tenth of the speed.
 *
 * Written so that V8 takes all calls on the common path into the loops: blanks, which the API server does not
 * write, are looked for only where there is one, and a container skips strings in one place. That doubles the speed.
 */

/** A value and the blanks before it. */
export function skipValue(view: DataView, at: number, end: number): number {
  switch (view.getUint8(at)) {
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
  return next === at ? skipScalar(view, at) : skipValue(view, next, end);
}

/** Takes the index after the opening quote. */
export function skipString(view: DataView, at: number, end: number): number {
  for (;;) {
    at = findStringStop(view, at, end);
    const stop = view.getUint8(at);
    if (stop === 0x22) return at + 1;
    at = stop === 0x5c ? skipEscape(view, at) : -1;
    if (at < 0) return -1;
  }
}

function skipEscape(view: DataView, at: number): number {
  const letter = view.getUint8(at + 1);
  if (letter !== 0x75) return isEscapeLetter[letter] === 1 ? at + 2 : -1;
  for (let digit = at + 2; digit < at + 6; digit++) {
    if (isHexDigit[view.getUint8(digit)] === 0) return -1;
  }
  return at + 6;
}

/** Objects and arrays, all levels in one loop. */
function skipContainer(view: DataView, at: number, end: number): number {
  let depth = 0;
  let isKey = false;
  for (;;) {
    const first = view.getUint8(at);
    if (first === 0x22) {
      at = skipString(view, at + 1, end);
      if (at < 0) return -1;
      if (isKey) {
        at = view.getUint8(at) === 0x3a ? at + 1 : skipColon(view, at, end);
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
      if (view.getUint8(at) !== first + 2) {
        if (depth === maxDepth) return -1;
        closers[depth++] = first + 2;
        isKey = first === 0x7b;
        continue;
      }
      at++;
    } else {
      at = skipScalar(view, at);
      if (at < 0) return -1;
    }
    // A value has ended: leave the containers that end with it.
    for (;;) {
      if (depth === 0) return at;
      const after = view.getUint8(at);
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
}

/** A colon and the blanks before it. */
export function skipColon(view: DataView, at: number, end: number): number {
  at = skipBlanks(view, at, end);
  return view.getUint8(at) === 0x3a ? at + 1 : -1;
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
export function skipScalar(view: DataView, at: number): number {
  switch (view.getUint8(at)) {
    case 0x74:
      return skipLetters(view, at, 'true');
    case 0x66:
      return skipLetters(view, at, 'false');
    case 0x6e:
      return skipLetters(view, at, 'null');
    default:
      return skipNumber(view, at);
  }
}

function skipLetters(view: DataView, at: number, letters: string): number {
  for (let index = 0; index < letters.length; index++) {
    if (view.getUint8(at + index) !== letters.charCodeAt(index)) return -1;
  }
  return at + letters.length;
}

/** Numbers with an exponent, and very long ones, may overflow: those are left to the full reader. */
function skipNumber(view: DataView, start: number): number {
  const first = view.getUint8(start) === 0x2d ? start + 1 : start;
  let at = skipDigits(view, first);
  if (at === first || (at > first + 1 && view.getUint8(first) === 0x30)) return -1;
  if (view.getUint8(at) === 0x2e) {
    const fraction = at + 1;
    at = skipDigits(view, fraction);
    if (at === fraction) return -1;
  }
  const hasExponent = (view.getUint8(at) | 0x20) === 0x65;
  return hasExponent || at - start > maxNumberLength ? -1 : at;
}

function skipDigits(view: DataView, at: number): number {
  while (isDigit(view.getUint8(at))) {
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
