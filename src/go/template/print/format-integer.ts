import { quoteGo } from '../../strconv.js';
import type { Int } from '../values.js';
import { escapeCodePoint } from './format-string.js';
import { pad, type Verb } from './verb.js';

/** An integer under `%v %d %b %o %O %x %X %c %q %U`; undefined for other verbs. */
export function formatInteger({ value, type }: Int, verb: Verb): string | undefined {
  switch (verb.letter) {
    case 'v':
      if (verb.isGoSyntax && type.isUnsigned) return inBase(value, 16, { ...verb, sharp: true });
      return inBase(value, 10, verb);
    case 'd':
      return inBase(value, 10, verb);
    case 'b':
      return inBase(value, 2, verb);
    case 'o':
    case 'O':
      return inBase(value, 8, verb);
    case 'x':
      return inBase(value, 16, verb);
    case 'X':
      return inBase(value, 16, verb).toUpperCase();
    case 'c':
      return pad(character(value), verb);
    case 'q':
      return pad(quotedCharacter(character(value), verb), verb);
    case 'U':
      return pad(unicode(value, verb), verb, false);
  }
  return undefined;
}

function inBase(value: bigint, base: 2 | 8 | 10 | 16, verb: Verb): string {
  const { precision } = verb;
  if (precision === 0 && value === 0n) return pad('', verb, false);
  const sign = value < 0n ? '-' : verb.plus ? '+' : verb.space ? ' ' : '';
  // Zeros may be asked for by a precision or by a flag; then the precision wins.
  const zeroWidth = verb.zero && !verb.minus ? (verb.width ?? 0) - sign.length : 0;
  const digits = (value < 0n ? -value : value).toString(base).padStart(precision ?? zeroWidth, '0');
  return pad(sign + prefixOf(digits, base, verb) + digits, verb, false);
}

function prefixOf(digits: string, base: number, verb: Verb): string {
  const octal = verb.letter === 'O' ? '0o' : '';
  if (!verb.sharp) return octal;
  if (base === 2) return '0b';
  if (base === 16) return '0x';
  return base === 8 && !digits.startsWith('0') ? `${octal}0` : octal;
}

function character(value: bigint): string {
  const isOne = value >= 0n && value <= 0x10ffffn && (value < 0xd800n || value > 0xdfffn);
  return isOne ? String.fromCodePoint(Number(value)) : '\ufffd';
}

function quotedCharacter(text: string, verb: Verb): string {
  const inside = text === "'" ? "\\'" : text === '"' ? text : quoteGo(text).slice(1, -1);
  return `'${verb.plus ? inside.replace(/[^\x00-\x7f]/gu, escapeCodePoint) : inside}'`;
}

/** `U+0041`, and with `#` the character itself if it can be printed. */
function unicode(value: bigint, verb: Verb): string {
  const digits = BigInt.asUintN(64, value).toString(16).toUpperCase();
  const code = `U+${digits.padStart(Math.max(4, verb.precision ?? 0), '0')}`;
  const text = character(value);
  const isPrintable = value >= 0n && value <= 0x10ffffn && /[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.test(text);
  return verb.sharp && isPrintable ? `${code} '${text}'` : code;
}
