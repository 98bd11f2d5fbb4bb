import { type CharSet, contains, negate, union } from './char-set.js';
import { type Dialect, patternSource, rangesSource } from './pattern-source.js';
import { childrenOf, matchesEmpty, type SyntaxNode } from './syntax-tree.js';

/**
 * The pattern as the source of a JavaScript RegExp with the flag `u`, which makes one step one code point and costs
 * nothing on Latin-1 text. Undefined where JavaScript would find or capture something else than Go.
 */
export function javaScriptSource(root: SyntaxNode): string | undefined {
  return meansTheSame(root) && !findsMiddleOfPair(root) ? patternSource(root, JAVASCRIPT) : undefined;
}

/** The source of one character of the set; U+FFFD stands for any lone surrogate, which is how bad bytes are carried. */
export function classSource(set: CharSet): string {
  const matched = contains(set, REPLACEMENT_CHAR)
    ? union(set, SURROGATES)
    : negate(union(negate(set), SURROGATES));
  const others = negate(matched);
  return others.length < matched.length
    ? `[^${rangesSource(others, 'u')}]`
    : `[${rangesSource(matched, 'u')}]`;
}

const REPLACEMENT_CHAR = 0xfffd;
const SURROGATES: CharSet = [0xd800, 0xdfff];

const JAVASCRIPT: Dialect = {
  assertions: {
    'begin-text': '^',
    'end-text': '$',
    // Only "\n" ends a line; the flag `m` would see "\r", U+2028 and U+2029 too.
    'begin-line': '(?<![^\\n])',
    'end-line': '(?![^\\n])',
    'word-boundary': '\\b',
    'no-word-boundary': '\\B',
  },
  charClass: classSource,
};

/**
 * Two things differ: JavaScript forgets a loop's captures with every round, which shows when a round can do without
 * them, and it refuses rounds that match nothing.
 */
function meansTheSame(node: SyntaxNode): boolean {
  if (node.kind === 'unicode-class') return false;
  if (node.kind === 'repeat' && (matchesEmpty(node.body) || (node.max > 1 && mayMissGroup(node.body))))
    return false;
  return childrenOf(node).every(meansTheSame);
}

function mayMissGroup(node: SyntaxNode): boolean {
  const isOptional = node.kind === 'alternate' || (node.kind === 'repeat' && node.min === 0);
  return childrenOf(node).some(isOptional ? hasGroup : mayMissGroup);
}

function hasGroup(node: SyntaxNode): boolean {
  return node.kind === 'group' || childrenOf(node).some(hasGroup);
}

/** V8 searches between the halves of a surrogate pair too, and such assertions then hold there. */
function findsMiddleOfPair(root: SyntaxNode): boolean {
  return matchesEmpty(root) && hasInnerAssertion(root);
}

function hasInnerAssertion(node: SyntaxNode): boolean {
  return INNER_ASSERTIONS.has(node.kind) || childrenOf(node).some(hasInnerAssertion);
}

const INNER_ASSERTIONS: ReadonlySet<SyntaxNode['kind']> = new Set([
  'begin-line',
  'end-line',
  'word-boundary',
  'no-word-boundary',
]);
