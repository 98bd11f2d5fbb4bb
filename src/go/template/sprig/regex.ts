import type { GoRegexp } from '../../regexp/go-regexp.js';
import { quoteMeta } from '../../regexp/quote-meta.js';
import { replaceAll, replaceAllLiteral } from '../../regexp/replace-all.js';
import { type FunctionTable, fn } from '../functions.js';
import { List, strings } from '../values.js';
import { withMust } from './must.js';

type Compile = (source: string) => GoRegexp;

/** `compile` throws for a bad pattern. */
export function regexFunctions(compile: Compile): FunctionTable {
  return {
    ...withMust({
      regexFind: fn(['string', 'string'], (source, text) => matches(compile(source), text, 1)[0] ?? ''),
      regexFindAll: fn(['string', 'string', 'int'], (source, text, count) =>
        orNil(matches(compile(source), text, count)),
      ),
      regexReplaceAll: fn(['string', 'string', 'string'], (source, text, replacement) =>
        replaceAll(compile(source), text, replacement),
      ),
      regexReplaceAllLiteral: fn(['string', 'string', 'string'], (source, text, replacement) =>
        replaceAllLiteral(compile(source), text, replacement),
      ),
      regexSplit: fn(['string', 'string', 'int'], (source, text, count) =>
        orNil(split(compile(source), text, count)),
      ),
    }),
    mustRegexMatch: fn(['string', 'string'], (source, text) => compile(source).test(text)),
    regexMatch: fn(['string', 'string'], (source, text) => matchesIfValid(compile, source, text)),
    regexQuoteMeta: fn(['string'], quoteMeta),
  };
}

/** Here alone a bad pattern is no error. */
function matchesIfValid(compile: Compile, source: string, text: string): boolean {
  try {
    return compile(source).test(text);
  } catch {
    return false;
  }
}

/** The first matches, all when the count is negative. */
function matches(regexp: GoRegexp, text: string, count: number): string[] {
  const found: string[] = [];
  if (count === 0) return found;
  for (const match of regexp.matchAll(text)) {
    found.push(text.slice(match[0], match[1]));
    if (found.length === count) break;
  }
  return found;
}

/** Go's Regexp.Split: `count` parts at most, the last one being all that is left. */
function split(regexp: GoRegexp, text: string, count: number): string[] {
  if (count === 0) return [];
  if (regexp.source !== '' && text === '') return [''];
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
