import { encodeText } from '../../../entry/text.js';
import { quoteGo } from '../../strconv.js';
import { pad, type Verb } from './verb.js';

/** A string under `%s %v %q %x %X`; undefined for other verbs. */
export function formatString(text: string, verb: Verb): string | undefined {
  switch (verb.letter) {
    case 'v':
      return verb.isGoSyntax ? quoted(text, verb) : pad(truncated(text, verb), verb);
    case 's':
      return pad(truncated(text, verb), verb);
    case 'q':
      return quoted(text, verb);
    case 'x':
      return hex(text, verb);
    case 'X':
      return hex(text, verb).toUpperCase();
  }
  return undefined;
}

function truncated(text: string, { precision }: Verb): string {
  return precision === undefined ? text : [...text].slice(0, precision).join('');
}

function quoted(text: string, verb: Verb): string {
  const short = truncated(text, verb);
  if (verb.sharp && canBackquote(short)) return pad(`\`${short}\``, verb);
  const withEscapes = quoteGo(short);
  return pad(verb.plus ? withEscapes.replace(/[^\x00-\x7f]/gu, escapeCodePoint) : withEscapes, verb);
}

function canBackquote(text: string): boolean {
  return !/[`\ufeff\x7f]|(?!\t)[\x00-\x1f]/.test(text) && text.isWellFormed();
}

export function escapeCodePoint(character: string): string {
  const code = character.codePointAt(0)!.toString(16);
  return code.length > 4 ? `\\U${code.padStart(8, '0')}` : `\\u${code.padStart(4, '0')}`;
}

/** The bytes in hexadecimal: `% x` with spaces between, `%#x` with 0x before the whole, `%# x` before each. */
function hex(text: string, verb: Verb): string {
  const bytes = encodeText(text).subarray(0, verb.precision);
  if (bytes.length === 0) return pad('', verb);
  const pairs = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'));
  const prefix = verb.sharp ? '0x' : '';
  return pad(verb.space ? pairs.map((pair) => prefix + pair).join(' ') : prefix + pairs.join(''), verb);
}
