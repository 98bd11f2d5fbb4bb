import { readJson } from './reader.js';
import { isObject, type JsonObject, nilObject } from './value.js';

/**
 * Reads a line as Promtail's json stage does: the document must be an object, or `null` (`nilObject` then).
 * Undefined means that Promtail calls the line malformed.
 */
export function parseJson(text: string): JsonObject | undefined {
  if (readersMayDiffer(text)) return readJson(text);
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return readJson(text); // Promtail takes some lines that are not JSON
  }
  if (document === null) return nilObject;
  return isObject(document) ? document : undefined;
}

/**
 * What JSON.parse accepts, Promtail reads alike but for odd escapes, numbers that overflow (JSON.parse says
 * Infinity) and very deep nesting. Looking for those adds a third to the time of JSON.parse.
 */
function readersMayDiffer(text: string): boolean {
  return hasOddEscape(text) || longExponent.test(text) || mayHoldLongNumber(text) || mayNestTooDeep(text);
}

/**
 * True if the JSON text holds an escape on which JSON.parse cannot be relied: that of a surrogate, which may stand
 * alone, or any in a key. V8 13.6, in Node 24, reads a key with an escape as a key of the same raw characters that it
 * met in another object (`"\n"` as `"\\"`).
 */
export function hasOddEscape(text: string): boolean {
  let at = text.indexOf('\\');
  while (at >= 0) {
    const end = endOfEscapedString(text, at);
    if (end < 0 || endsKey(text, end)) return true;
    at = text.indexOf('\\', end);
  }
  return false;
}

/** The index after the string that has its first backslash at `at`; -1 if it has the escape of a surrogate. */
function endOfEscapedString(text: string, at: number): number {
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === 0x22) return at + 1;
    if (code !== 0x5c) {
      at++;
    } else if (text.charCodeAt(at + 1) === 0x75 && (text.charCodeAt(at + 2) | 0x20) === 0x64) {
      return -1;
    } else {
      at += 2;
    }
  }
  return -1;
}

function endsKey(text: string, at: number): boolean {
  while (text.charCodeAt(at) <= 0x20) at++;
  return text.charCodeAt(at) === 0x3a;
}

/** A number over 1e308 has an exponent of three digits, or else more than 200 digits. */
const longExponent = /[eE]\+?\d{3}/;

/** Looks at every 40th character: 200 digits in a row cover five of them. */
function mayHoldLongNumber(text: string): boolean {
  let digitsInRow = 0;
  for (let at = 0; at < text.length && digitsInRow < 5; at += 40) {
    const code = text.charCodeAt(at);
    digitsInRow = code >= 0x30 && code <= 0x39 ? digitsInRow + 1 : 0;
  }
  return digitsInRow === 5;
}

/** 10000 levels take as many opening brackets, and as many closing ones. */
function mayNestTooDeep(text: string): boolean {
  if (text.length < 2 * maxDepth) return false;
  let opened = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x5b || code === 0x7b) {
      opened++;
    }
  }
  return opened > maxDepth;
}

const maxDepth = 10_000;
