import { MAX_CODE_POINT } from './char-set.js';
import type { PatternReader } from './pattern-reader.js';

/** Reads an escape that stands for one character, at its backslash. */
export function parseEscape(reader: PatternReader): number {
  const start = reader.at;
  reader.take('\\');
  if (reader.isAtEnd) reader.fail('trailing backslash at end of expression');
  const char = String.fromCodePoint(reader.takeCodePoint());
  const codePoint = C_ESCAPES.get(char) ?? numberedChar(char, reader) ?? punctuation(char);
  return codePoint ?? reader.fail('invalid escape sequence', start);
}

const C_ESCAPES = new Map([
  ['a', 0x07],
  ['f', 0x0c],
  ['n', 0x0a],
  ['r', 0x0d],
  ['t', 0x09],
  ['v', 0x0b],
]);

function numberedChar(char: string, reader: PatternReader): number | undefined {
  if (char === 'x') return reader.take('{') ? bracedHex(reader) : twoHexDigits(reader);
  if (!isOctal(char)) return undefined;
  // One digit alone would be a back-reference, unless it is 0.
  if (char !== '0' && !isOctal(reader.peek())) return undefined;
  let digits = char;
  while (digits.length < 3 && isOctal(reader.peek())) digits += String.fromCodePoint(reader.takeCodePoint());
  return Number.parseInt(digits, 8);
}

function bracedHex(reader: PatternReader): number | undefined {
  let value: number | undefined;
  while (!reader.isAtEnd) {
    const digit = String.fromCodePoint(reader.takeCodePoint());
    if (digit === '}') return value;
    if (!isHex(digit)) return undefined;
    value = (value ?? 0) * 16 + Number.parseInt(digit, 16);
    if (value > MAX_CODE_POINT) return undefined;
  }
  return undefined;
}

function twoHexDigits(reader: PatternReader): number | undefined {
  let digits = '';
  while (digits.length < 2 && !reader.isAtEnd) digits += String.fromCodePoint(reader.takeCodePoint());
  return /^[0-9a-fA-F]{2}$/.test(digits) ? Number.parseInt(digits, 16) : undefined;
}

function punctuation(char: string): number | undefined {
  return /^[\0-\x7f]$/.test(char) && !/[0-9A-Za-z]/.test(char) ? char.charCodeAt(0) : undefined;
}

function isOctal(char: string): boolean {
  return /^[0-7]$/.test(char);
}

function isHex(char: string): boolean {
  return /^[0-9a-fA-F]$/.test(char);
}
