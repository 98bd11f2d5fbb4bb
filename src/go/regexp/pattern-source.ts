import type { CharSet } from './char-set.js';
import type { Assertion, RepeatNode, SyntaxNode } from './syntax-tree.js';

/** How one engine writes what engines write differently. */
export interface Dialect {
  readonly assertions: Readonly<Record<Assertion, string>>;
  charClass(set: CharSet): string;
}

/** A syntax tree as the source of a pattern, with all groups unnamed. */
export function patternSource(node: SyntaxNode, dialect: Dialect): string {
  switch (node.kind) {
    case 'empty':
      return '';
    case 'set':
      return dialect.charClass(node.set);
    case 'unicode-class':
      return node.source;
    case 'concat':
      return node.parts
        .map((part) => (part.kind === 'alternate' ? plainGroup : patternSource)(part, dialect))
        .join('');
    case 'alternate':
      return node.parts.map((part) => patternSource(part, dialect)).join('|');
    case 'group':
      return `(${patternSource(node.body, dialect)})`;
    case 'repeat':
      return repeatSource(node, dialect);
    default:
      return dialect.assertions[node.kind];
  }
}

/** The ranges of a set as they stand inside of brackets; the escape letter is `x` for RE2, `u` for JavaScript. */
export function rangesSource(set: CharSet, escapeLetter: 'x' | 'u'): string {
  let source = '';
  for (let i = 0; i < set.length; i += 2) {
    source += charSource(set[i]!, escapeLetter);
    if (set[i] !== set[i + 1]) source += `-${charSource(set[i + 1]!, escapeLetter)}`;
  }
  return source;
}

function repeatSource(node: RepeatNode, dialect: Dialect): string {
  const isAtom = node.body.kind === 'set' || node.body.kind === 'group';
  return (
    (isAtom ? patternSource : plainGroup)(node.body, dialect) + countSource(node) + (node.isGreedy ? '' : '?')
  );
}

function countSource({ min, max }: RepeatNode): string {
  if (max === Infinity) return ['*', '+'][min] ?? `{${min},}`;
  return min === 0 && max === 1 ? '?' : `{${min},${max}}`;
}

function plainGroup(node: SyntaxNode, dialect: Dialect): string {
  return `(?:${patternSource(node, dialect)})`;
}

function charSource(codePoint: number, escapeLetter: string): string {
  const char = String.fromCodePoint(codePoint);
  return /^[0-9A-Za-z]$/.test(char) ? char : `\\${escapeLetter}{${codePoint.toString(16)}}`;
}
