import { toLower, toUpper } from '../../letter-case.js';
import { replaceText } from '../../replace.js';
import { quoteGo } from '../../strconv.js';
import { trimCutset } from '../../trim.js';
import { trimGoSpace } from '../../trim-space.js';
import { trimPrefix, trimSuffix } from '../affixes.js';
import { type FunctionTable, fn, variadic } from '../functions.js';
import { toText } from '../print/print.js';
import { StringMap, strings, type Value } from '../values.js';
import { abbreviate } from './abbreviate.js';
import { bytesOfText, sliceBytes } from './byte-text.js';
import { toStrings } from './convert.js';
import { initials, swapCase, title, uncapitalize } from './letters.js';
import { toPascalCase, toSeparated } from './word-case.js';
import { wrap } from './wrap.js';

export const stringFunctions: FunctionTable = {
  abbrev: fn(['int', 'string'], (width, text) => (width < 4 ? text : abbreviate(text, 0, width))),
  abbrevboth: fn(['int', 'int', 'string'], (left, right, text) =>
    right < 4 || (left > 0 && right < 7) ? text : abbreviate(text, left, right),
  ),
  camelcase: fn(['string'], toPascalCase),
  cat: variadic([], 'any', (...values) => withoutNil(values).map(toText).join(' ')),
  contains: fn(['string', 'string'], (part, text) => text.includes(part)),
  hasPrefix: fn(['string', 'string'], (prefix, text) => text.startsWith(prefix)),
  hasSuffix: fn(['string', 'string'], (suffix, text) => text.endsWith(suffix)),
  indent: fn(['int', 'string'], indent),
  initials: fn(['string'], initials),
  join: fn(['string', 'any'], (separator, list) => toStrings(list).join(separator)),
  kebabcase: fn(['string'], (text) => toSeparated(text, '-')),
  lower: fn(['string'], toLower),
  nindent: fn(['int', 'string'], (spaces, text) => `\n${indent(spaces, text)}`),
  nospace: fn(['string'], withoutSpace),
  plural: fn(['string', 'string', 'int'], (one, many, count) => (count === 1 ? one : many)),
  quote: variadic([], 'any', (...values) => withoutNil(values).map(toText).map(quoteGo).join(' ')),
  repeat: fn(['int', 'string'], (count, text) => text.repeat(count)),
  replace: fn(['string', 'string', 'string'], (old, replacement, text) =>
    replaceText(text, old, replacement, -1),
  ),
  snakecase: fn(['string'], (text) => toSeparated(text, '_')),
  split: fn(['string', 'string'], (separator, text) => numbered(splitText(text, separator))),
  splitList: fn(['string', 'string'], (separator, text) => strings(splitText(text, separator))),
  splitn: fn(['string', 'int', 'string'], (separator, count, text) =>
    numbered(splitText(text, separator, count)),
  ),
  squote: variadic([], 'any', (...values) =>
    withoutNil(values)
      .map((value) => `'${toText(value)}'`)
      .join(' '),
  ),
  substr: fn(['int', 'int', 'string'], substr),
  swapcase: fn(['string'], swapCase),
  title: fn(['string'], title),
  toString: fn(['any'], toText),
  toStrings: fn(['any'], (list) => strings(toStrings(list))),
  trim: fn(['string'], trimGoSpace),
  trimAll: fn(['string', 'string'], (cutset, text) => trimCutset(text, cutset)),
  trimPrefix: fn(['string', 'string'], (prefix, text) => trimPrefix(text, prefix)),
  trimSuffix: fn(['string', 'string'], (suffix, text) => trimSuffix(text, suffix)),
  trimall: fn(['string', 'string'], (cutset, text) => trimCutset(text, cutset)),
  trunc: fn(['int', 'string'], truncate),
  untitle: fn(['string'], uncapitalize),
  upper: fn(['string'], toUpper),
  wrap: fn(['int', 'string'], (width, text) => wrap(text, width, '', false)),
  wrapWith: fn(['int', 'string', 'string'], (width, newline, text) => wrap(text, width, newline, true)),
};

function withoutNil(values: readonly Value[]): Value[] {
  return values.filter((value) => value !== null);
}

function indent(spaces: number, text: string): string {
  const padding = ' '.repeat(spaces);
  return padding + text.replaceAll('\n', `\n${padding}`);
}

/** Go's strings.SplitN: `count` parts at most, all when it is negative; the last one holds the rest. */
function splitText(text: string, separator: string, count = -1): string[] {
  if (count === 0) return [];
  const parts = separator === '' ? [...text] : text.split(separator);
  if (count < 0 || parts.length <= count) return parts;
  return [...parts.slice(0, count - 1), parts.slice(count - 1).join(separator)];
}

/** Under the keys _0, _1, … */
function numbered(parts: string[]): StringMap {
  return new StringMap(parts.map((part, index) => [`_${index}`, part]));
}

function substr(start: number, end: number, text: string): string {
  if (start < 0) return sliceBytes(text, 0, end);
  const isOpen = end < 0 || end > bytesOfText(text).length;
  return isOpen ? sliceBytes(text, start) : sliceBytes(text, start, end);
}

/** The first bytes, or with a negative count the last ones. */
function truncate(count: number, text: string): string {
  const { length } = bytesOfText(text);
  if (count < 0) return length + count > 0 ? sliceBytes(text, length + count) : text;
  return length > count ? sliceBytes(text, 0, count) : text;
}

/** Sprig goes by bytes here and takes each for a character, so other scripts come out garbled, but only if there was space. */
function withoutSpace(text: string): string {
  const bytes = bytesOfText(text);
  const rest = bytes.replace(/[\t-\r \x85\xa0]/g, '');
  return rest.length === bytes.length ? text : rest;
}
