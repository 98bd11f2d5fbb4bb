import { quoteMeta } from '../../regexp/quote-meta.js';
import { replaceAll, replaceAllLiteral } from '../../regexp/replace-all.js';
import { type FunctionTable, fn } from '../functions.js';
import type { PatternCache } from '../pattern-cache.js';
import { List, strings } from '../values.js';
import { withMust } from './must.js';

export function regexFunctions(patterns: PatternCache): FunctionTable {
  const regexMatch = fn(['string', 'string'], (pattern, text) => patterns.get(pattern).test(text));
  return {
    ...withMust({
      regexFind: fn(['string', 'string'], (pattern, text) => matches(patterns, pattern, text, 1)[0] ?? ''),
      regexFindAll: fn(['string', 'string', 'int'], (pattern, text, count) =>
        orNil(matches(patterns, pattern, text, count)),
      ),
      regexReplaceAll: fn(['string', 'string', 'string'], (pattern, text, replacement) =>
        replaceAll(patterns.get(pattern), text, replacement),
      ),
      regexReplaceAllLiteral: fn(['string', 'string', 'string'], (pattern, text, replacement) =>
        replaceAllLiteral(patterns.get(pattern), text, replacement),
      ),
      regexSplit: fn(['string', 'string', 'int'], (pattern, text, count) =>
        orNil(split(patterns, pattern, text, count)),
      ),
    }),
    mustRegexMatch: regexMatch,
    regexMatch: fn(['string', 'string'], (pattern, text) => matchesIfValid(patterns, pattern, text)),
    regexQuoteMeta: fn(['string'], quoteMeta),
  };
}

/** Here alone a bad pattern is no error. */
function matchesIfValid(patterns: PatternCache, pattern: string, text: string): boolean {
  try {
    return patterns.get(pattern).test(text);
  } catch {
    return false;
  }
}

/** The first matches, all when the count is negative. */
function matches(patterns: PatternCache, pattern: string, text: string, count: number): string[] {
  const found: string[] = [];
  const regexp = patterns.get(pattern);
  if (count === 0) return found;
  for (const match of regexp.matchAll(text)) {
    found.push(text.slice(match[0], match[1]));
    if (found.length === count) break;
  }
  return found;
}

/** Go's Regexp.Split: `count` parts at most, the last one being all that is left. */
function split(patterns: PatternCache, pattern: string, text: string, count: number): string[] {
  const regexp = patterns.get(pattern);
  if (count === 0) return [];
  if (pattern !== '' && text === '') return [''];
  const parts: string[] = [];
  let start = 0;
  let lastMatch = 0;
  for (const [from = 0, to = 0] of regexp.matchAll(text)) {
    if (count > 0 && parts.length >= count - 1) break;
    lastMatch = from;
    // An empty match at the very start parts nothing from nothing.
    if (to !== 0) parts.push(text.slice(start, from));
    start = to;
  }
  return lastMatch === text.length ? parts : [...parts, text.slice(start)];
}

function orNil(texts: string[]): List {
  return texts.length === 0 ? new List([], 'string', true) : strings(texts);
}
