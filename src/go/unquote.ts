import { decodeText, encodeText } from '../entry/text.js';

/**
 * Go's `strconv.Unquote` of a double-quoted or back-quoted string; undefined when it is neither. `\xNN` and octal
 * escapes are bytes, so several of them may make up one character.
 */
export function unquoteGo(quoted: string): string | undefined {
  const quote = quoted[0];
  if (quoted.length < 2 || quote !== quoted.at(-1)) return undefined;
  const inside = quoted.slice(1, -1);
  if (quote === '`') return inside.includes('`') ? undefined : inside.replaceAll('\r', '');
  return quote === '"' ? withoutEscapes(inside, '"') : undefined;
}

/** The code point of a Go character constant such as `'a'` or `'\n'`, undefined when it is none. */
export function unquoteGoCharacter(quoted: string): number | undefined {
  if (quoted.length < 3 || !quoted.startsWith("'") || !quoted.endsWith("'")) return undefined;
  const inside = quoted.slice(1, -1);
  const byte = /^\\(?:x([\da-f]{2})|([0-7]{3}))$/i.exec(inside);
  if (byte !== null) return byte[1] === undefined ? octalByte(byte[2]!) : Number.parseInt(byte[1], 16);
  const text = withoutEscapes(inside, "'");
  if (text === undefined || text === '') return undefined;
  const code = text.codePointAt(0)!;
  return String.fromCodePoint(code) === text ? code : undefined;
}

function withoutEscapes(inside: string, quote: string): string | undefined {
  // Go goes by code point here, and reads a byte that is not valid UTF-8 as U+FFFD.
  const source = inside.toWellFormed();
  let text = '';
  let hasBytes = false;
  for (let at = 0; at < source.length; ) {
    const character = source[at]!;
    if (character === quote || character === '\n') return undefined;
    if (character !== '\\') {
      text += character;
      at += 1;
      continue;
    }
    escapeSequence.lastIndex = at;
    const match = escapeSequence.exec(source);
    const value = match === null ? undefined : escapeValue(match, quote);
    if (value === undefined) return undefined;
    text += value;
    hasBytes ||= value >= '\udc80' && value <= '\udcff';
    at = escapeSequence.lastIndex;
  }
  return hasBytes ? decodeText(encodeText(text)) : text;
}

const escapeSequence = /\\(?:([abfnrtv\\'"])|x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{3}))/y;
const letters: Record<string, string> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
};

function escapeValue(match: RegExpExecArray, quote: string): string | undefined {
  const [, letter, hex, short, long, octal] = match;
  if (letter !== undefined) return letter === quote ? letter : letters[letter];
  if (hex !== undefined) return byteText(Number.parseInt(hex, 16));
  if (octal !== undefined) return byteText(octalByte(octal));
  const code = Number.parseInt((short ?? long)!, 16);
  return code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ? undefined : String.fromCodePoint(code);
}

function octalByte(digits: string): number | undefined {
  const byte = Number.parseInt(digits, 8);
  return byte > 255 ? undefined : byte;
}

function byteText(byte: number | undefined): string | undefined {
  if (byte === undefined) return undefined;
  return String.fromCharCode(byte < 0x80 ? byte : 0xdc00 + byte);
}
