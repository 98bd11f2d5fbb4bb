import type { PatternReader } from './pattern-reader.js';
import type { RepeatNode, SyntaxNode } from './syntax-tree.js';

export type RepeatCount = Pick<RepeatNode, 'min' | 'max'>;

/** Go's bound for one repeat count, and for the product of nested ones. */
const MAX_COUNT = 1000;

/** Reads `*`, `+`, `?` or `{2,3}`; undefined, and nothing read, if something else comes next. */
export function parseRepeat(reader: PatternReader): RepeatCount | undefined {
  if (reader.take('*')) return { min: 0, max: Infinity };
  if (reader.take('+')) return { min: 1, max: Infinity };
  if (reader.take('?')) return { min: 0, max: 1 };
  return parseCounts(reader);
}

/** Whether nested counts multiply to no more than Go allows. */
export function isRepeatAllowed({ min, max, body }: RepeatNode): boolean {
  const isCounted = min >= 2 || (max >= 2 && max !== Infinity);
  return !isCounted || countsFit(body, Math.floor(MAX_COUNT / countOf(min, max)));
}

// No leading zeros; anything else after the brace makes it a literal.
const COUNTS = /\{(0|[1-9]\d*)(,(0|[1-9]\d*)?)?\}/y;

function parseCounts(reader: PatternReader): RepeatCount | undefined {
  const start = reader.at;
  COUNTS.lastIndex = start;
  const match = COUNTS.exec(reader.source);
  if (!match) return undefined;
  reader.at += match[0].length;
  const min = Number(match[1]);
  const max = match[2] === undefined ? min : Number(match[3] ?? Infinity);
  const isTooBig = min > MAX_COUNT || (max > MAX_COUNT && max !== Infinity);
  if (isTooBig || min > max) reader.fail('invalid repeat count', start);
  return { min, max };
}

function countsFit(node: SyntaxNode, limit: number): boolean {
  switch (node.kind) {
    case 'group':
      return countsFit(node.body, limit);
    case 'concat':
    case 'alternate':
      return node.parts.every((part) => countsFit(part, limit));
    case 'repeat': {
      if (node.max === 0) return true;
      const count = countOf(node.min, node.max);
      return count <= limit && countsFit(node.body, count > 0 ? Math.floor(limit / count) : limit);
    }
    default:
      return true;
  }
}

function countOf(min: number, max: number): number {
  return max === Infinity ? min : max;
}
