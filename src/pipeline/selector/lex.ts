import { unquoteGo } from '../../go/unquote.js';
import { SelectorSyntaxError } from './selector.js';

/** A part of a selector: an operator or bracket as written, a name, a string, or the end of the text. */
export interface Token {
  readonly kind: TokenSymbol | 'name' | 'string' | 'end';
  /** Of a string: what is between the quotes, escapes resolved. */
  readonly text: string;
  readonly at: number;
}

const symbols = ['{', '}', ',', '.', '=', '!=', '=~', '!~', '|=', '|~'] as const;
type TokenSymbol = (typeof symbols)[number];

/**
 * Splits a selector as Promtail does, with Go's own scanner: blanks and Go comments separate, strings are double-quoted
 * with Go's escapes, and whatever else Go would take for one token is a name: an identifier in letters of any script, a
 * number, a character or raw string with its quotes, any other single character.
 */
export function splitSelector(text: string): Token[] {
  const forbidden = /\0|[\ud800-\udfff]/u.exec(text);
  if (forbidden !== null) {
    throw new SelectorSyntaxError('a NUL, or a byte that is not UTF-8', text, forbidden.index);
  }
  const tokens: Token[] = [];
  let at = text.startsWith('\ufeff') ? 1 : 0;
  for (;;) {
    at = skipSpace(text, at);
    if (at === text.length) return [...tokens, { kind: 'end', text: '', at }];
    const length = tokenLength(text, at);
    tokens.push(tokenOf(text, at, at + length));
    at += length;
  }
}

function skipSpace(text: string, at: number): number {
  space.lastIndex = at;
  const end = at + space.exec(text)![0].length;
  if (text.startsWith('/*', end)) throw new SelectorSyntaxError('a comment without end', text, end);
  return end;
}

function tokenLength(text: string, at: number): number {
  token ??= anyToken();
  token.lastIndex = at;
  const length = token.exec(text)![0].length;
  if (length === 1 && `"'\``.includes(text[at]!)) {
    throw new SelectorSyntaxError('a quote without end, or not around one character', text, at);
  }
  return length;
}

function tokenOf(text: string, at: number, end: number): Token {
  const written = text.slice(at, end);
  if (written.startsWith('"')) {
    const unquoted = unquoteGo(written);
    if (unquoted === undefined) throw new SelectorSyntaxError(`an escape unknown in ${written}`, text, at);
    return { kind: 'string', text: unquoted, at };
  }
  const symbol = symbols.find((known) => known === written);
  return { kind: symbol ?? 'name', text: written, at };
}

const space = /(?:[ \t\r\n]|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y;

/** Made when it is needed, as Unicode's classes take V8 a while. */
let token: RegExp | undefined;

function anyToken(): RegExp {
  const patterns = [
    /[!=|]~|[!|]=/u, // operators of two characters
    /"(?:[^"\\\n]|\\.)*"/u, // a string
    /`[^`]*`/u, // a raw string
    /'(?:[^'\\\n]|\\(?:[abfnrtv\\']|[0-7]{3}|x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}))'/u, // a character
    /[\p{L}_][\p{L}\p{Nd}_]*/u, // an identifier
    /0[xX](?=[_\da-fA-F.])(?:_?[\da-fA-F])*(?:\.[\da-fA-F_]*)?[pP][+-]?\d+/u, // a hexadecimal float
    /(?:\d(?:_?\d)*\.?(?:\d(?:_?\d)*)?|\.\d(?:_?\d)*)[eE][+-]?\d(?:_?\d)*/u, // a float with an exponent
    /\d(?:_?\d)*\.(?:\d(?:_?\d)*)?|\.\d(?:_?\d)*/u, // a float without
    /0[xX](?:_?[\da-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|0(?:_?[0-7])*|[1-9](?:_?\d)*/u, // an integer
    /[\s\S]/u, // anything else
  ];
  return new RegExp(patterns.map((pattern) => pattern.source).join('|'), 'yu');
}
