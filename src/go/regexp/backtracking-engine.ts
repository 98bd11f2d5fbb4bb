import { classSource, javaScriptSource } from './javascript-source.js';
import type { MatchIndexes, RegexpEngine } from './regexp-engine.js';
import type { SyntaxNode } from './syntax-tree.js';
import { leadingLoop, safeTextLength } from './worst-case.js';

/**
 * The engine for what a pattern can safely be given to the platform's RegExp: undefined for a pattern that means
 * something else there, or could take forever.
 */
export function backtrackingEngine(root: SyntaxNode, hasGroups: boolean): BacktrackingEngine | undefined {
  const source = javaScriptSource(root);
  const maxTextLength = source === undefined ? 0 : safeTextLength(root);
  if (source === undefined || maxTextLength === 0 || !isAcceptable(source)) return undefined;
  const loop = leadingLoop(root);
  const behindNone = loop ? `(?<!${classSource(loop)})` : '';
  return new BacktrackingEngine({ source, behindNone, hasGroups, maxTextLength });
}

interface Options {
  readonly source: string;
  /** Goes before the source for a search, and keeps it from trying every character of a run anew. */
  readonly behindNone: string;
  readonly hasGroups: boolean;
  readonly maxTextLength: number;
}

export class BacktrackingEngine implements RegexpEngine {
  /** Texts longer than this must not be given to it. */
  readonly maxTextLength: number;
  readonly #options: Options;
  readonly #search: RegExp;
  #indexedSearch: RegExp | undefined;
  #indexedHere: RegExp | undefined;

  constructor(options: Options) {
    this.maxTextLength = options.maxTextLength;
    this.#options = options;
    this.#search = new RegExp(options.behindNone + options.source, 'u');
  }

  test(text: string): boolean {
    return this.#search.test(text);
  }

  groups(text: string): (string | undefined)[] | undefined {
    return this.#search.exec(text) ?? undefined;
  }

  exec(text: string, from: number): MatchIndexes | undefined {
    const match = (from > 0 ? this.#execHere(text, from) : null) ?? this.#execFrom(text, from);
    return match ? indexesOf(match) : undefined;
  }

  #execFrom(text: string, from: number): RegExpExecArray | null {
    const { source, behindNone, hasGroups } = this.#options;
    // Indexes of groups cost three times the match, so only exec asks for them.
    this.#indexedSearch ??= new RegExp(behindNone + source, hasGroups ? 'dgu' : 'gu');
    this.#indexedSearch.lastIndex = from;
    return this.#indexedSearch.exec(text);
  }

  /** A search that goes on in the middle of a run may begin there. */
  #execHere(text: string, from: number): RegExpExecArray | null {
    const { source, behindNone, hasGroups } = this.#options;
    if (behindNone === '') return null;
    this.#indexedHere ??= new RegExp(source, hasGroups ? 'dyu' : 'yu');
    this.#indexedHere.lastIndex = from;
    return this.#indexedHere.exec(text);
  }
}

/** The platform refuses patterns whose compiled form is too large, and only when they are first run. */
function isAcceptable(source: string): boolean {
  try {
    const regexp = new RegExp(source, 'u');
    regexp.test('');
    regexp.test('\u{ffff}');
    return true;
  } catch {
    return false;
  }
}

function indexesOf(match: RegExpExecArray): MatchIndexes {
  if (!match.indices) return [match.index, match.index + match[0].length];
  const indexes: number[] = [];
  for (const group of match.indices) {
    if (group) indexes.push(group[0], group[1]);
    else indexes.push(-1, -1);
  }
  return indexes;
}
