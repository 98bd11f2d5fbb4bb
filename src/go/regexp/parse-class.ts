import { type CharSet, charSet, foldCase, negate, union } from './char-set.js';
import { perlClass, posixClass } from './named-classes.js';
import { parseEscape } from './parse-escape.js';
import type { PatternReader } from './pattern-reader.js';
import { rangesSource } from './pattern-source.js';
import type { SyntaxNode } from './syntax-tree.js';
import { type ClassItem, parseUnicodeClass } from './unicode-class.js';

/** Reads `[…]`. */
export function parseClass(reader: PatternReader, fold: boolean): SyntaxNode {
  const start = reader.at;
  reader.take('[');
  const isNegated = reader.take('^');
  const items: ClassItem[] = [];
  // A bracket right after the opening one is a member.
  do items.push(parseItem(reader, start, fold));
  while (!reader.take(']'));
  return classNode(items, isNegated, fold);
}

/** Reads `\d`, `\W`, `\pL` and the like, at the backslash; undefined if something else comes next. */
export function parseEscapedClass(reader: PatternReader, fold: boolean): SyntaxNode | undefined {
  const item = parsePerlClass(reader, fold) ?? parseUnicodeClass(reader, fold);
  return item === undefined ? undefined : classNode([item], false, fold);
}

/** The node for one character, and under `(?i)` those held equal to it. */
export function literalNode(codePoint: number, fold: boolean): SyntaxNode {
  return classNode([rangeItem(codePoint, codePoint, fold)], false, fold);
}

function classNode(items: readonly ClassItem[], isNegated: boolean, fold: boolean): SyntaxNode {
  if (items.every((item) => typeof item !== 'string')) {
    const set = union(...items);
    return { kind: 'set', set: isNegated ? negate(set) : set };
  }
  const members = items.map((item) => (typeof item === 'string' ? item : rangesSource(item, 'x')));
  const source = `[${isNegated ? '^' : ''}${members.join('')}]`;
  return { kind: 'unicode-class', source: fold ? `(?i:${source})` : source };
}

function parseItem(reader: PatternReader, classStart: number, fold: boolean): ClassItem {
  return (
    parsePosixClass(reader, fold) ??
    parseUnicodeClass(reader, fold) ??
    parsePerlClass(reader, fold) ??
    parseRange(reader, classStart, fold)
  );
}

function parsePosixClass(reader: PatternReader, fold: boolean): CharSet | undefined {
  const start = reader.at;
  if (!reader.take('[:')) return undefined;
  const name = reader.takeThrough(':]');
  if (name === undefined) {
    reader.at = start;
    return undefined;
  }
  return posixClass(name, fold) ?? reader.fail('invalid character class range', start);
}

function parsePerlClass(reader: PatternReader, fold: boolean): CharSet | undefined {
  if (reader.peek() !== '\\') return undefined;
  const set = perlClass(reader.peek(1), fold);
  if (set) reader.at += 2;
  return set;
}

function parseRange(reader: PatternReader, classStart: number, fold: boolean): ClassItem {
  const start = reader.at;
  const first = parseMember(reader, classStart);
  let last = first;
  // A dash before the closing bracket is a member, not a range.
  if (reader.peek() === '-' && reader.peek(1) !== ']' && reader.peek(1) !== '') {
    reader.take('-');
    last = parseMember(reader, classStart);
    if (last < first) reader.fail('invalid character class range', start);
  }
  return rangeItem(first, last, fold);
}

function rangeItem(first: number, last: number, fold: boolean): ClassItem {
  const range = charSet([first, last]);
  return fold ? (foldCase(range) ?? rangesSource(range, 'x')) : range;
}

function parseMember(reader: PatternReader, classStart: number): number {
  if (reader.isAtEnd) reader.failToEnd('missing closing ]', classStart);
  return reader.peek() === '\\' ? parseEscape(reader) : reader.takeCodePoint();
}
