import { ALL_CHARS, type CharSet, NOT_NEWLINE } from './char-set.js';
import { type Dialect, patternSource, rangesSource } from './pattern-source.js';
import type { SyntaxNode } from './syntax-tree.js';

/**
 * The pattern written anew for the RE2 engine: without names, as Go takes one twice and the engine does not, and
 * without anything their parsers could see differently.
 */
export function re2Source(root: SyntaxNode): string {
  return patternSource(root, RE2);
}

const RE2: Dialect = {
  assertions: {
    'begin-text': '\\A',
    'end-text': '\\z',
    'begin-line': '(?m:^)',
    'end-line': '(?m:$)',
    'word-boundary': '\\b',
    'no-word-boundary': '\\B',
  },
  charClass(set: CharSet): string {
    // The engine has instructions of its own for these two.
    if (isSame(set, ALL_CHARS)) return '(?s:.)';
    if (isSame(set, NOT_NEWLINE)) return '.';
    return set.length === 0 ? `[^${rangesSource(ALL_CHARS, 'x')}]` : `[${rangesSource(set, 'x')}]`;
  },
};

function isSame(a: CharSet, b: CharSet): boolean {
  return a.length === b.length && a.every((bound, i) => bound === b[i]);
}
