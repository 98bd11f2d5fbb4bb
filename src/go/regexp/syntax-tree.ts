import type { CharSet } from './char-set.js';

/** A parsed pattern. Flags are already worked in: sets are folded, `.` and `^` say what they mean, laziness is set. */
export type SyntaxNode =
  | { readonly kind: 'empty' }
  | { readonly kind: Assertion }
  /** One character of the set. */
  | { readonly kind: 'set'; readonly set: CharSet }
  /** One character of a class that takes Unicode's tables to know, as RE2 source. */
  | { readonly kind: 'unicode-class'; readonly source: string }
  | { readonly kind: 'concat'; readonly parts: readonly SyntaxNode[] }
  | { readonly kind: 'alternate'; readonly parts: readonly SyntaxNode[] }
  | { readonly kind: 'group'; readonly body: SyntaxNode }
  | RepeatNode;

export type Assertion =
  | 'begin-text'
  | 'end-text'
  | 'begin-line'
  | 'end-line'
  | 'word-boundary'
  | 'no-word-boundary';

export interface RepeatNode {
  readonly kind: 'repeat';
  readonly body: SyntaxNode;
  readonly min: number;
  /** Infinity when unbounded. */
  readonly max: number;
  readonly isGreedy: boolean;
}

export function concat(parts: readonly SyntaxNode[]): SyntaxNode {
  if (parts.length === 0) return { kind: 'empty' };
  return parts.length === 1 ? parts[0]! : { kind: 'concat', parts };
}

export function alternate(parts: readonly SyntaxNode[]): SyntaxNode {
  return parts.length === 1 ? parts[0]! : { kind: 'alternate', parts };
}

export function childrenOf(node: SyntaxNode): readonly SyntaxNode[] {
  switch (node.kind) {
    case 'concat':
    case 'alternate':
      return node.parts;
    case 'group':
    case 'repeat':
      return [node.body];
    default:
      return [];
  }
}

/** Whether the node can match without consuming a character. */
export function matchesEmpty(node: SyntaxNode): boolean {
  switch (node.kind) {
    case 'set':
    case 'unicode-class':
      return false;
    case 'alternate':
      return node.parts.some(matchesEmpty);
    case 'repeat':
      return node.min === 0 || matchesEmpty(node.body);
    default:
      return childrenOf(node).every(matchesEmpty);
  }
}
