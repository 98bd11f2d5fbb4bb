import { type BacktrackingEngine, backtrackingEngine } from './backtracking-engine.js';
import { LinearEngine } from './linear-engine.js';
import { parse } from './parse.js';
import type { MatchIndexes, RegexpEngine } from './regexp-engine.js';

/** A pattern that accepts, refuses, matches and captures what Go's `regexp` would, in time linear in the text. */
export interface GoRegexp {
  /** As it was given, without what options added. */
  readonly source: string;
  /** By group number; undefined for a group without a name, and for the whole match. The same name may be there twice. */
  readonly groupNames: readonly (string | undefined)[];
  /** How long a text, in UTF-16 units, still goes to the platform's own engine: 0 when none does. */
  readonly fastTextLength: number;
  /** Whether the pattern matches anywhere in the text. */
  test(text: string): boolean;
  /** The first match that begins at or after `from`: [start0, end0, start1, …] in UTF-16 indexes, -1 for no part. */
  exec(text: string, from?: number): MatchIndexes | undefined;
  /** The captured texts of the first match, the whole match first. Several times faster than exec. */
  groups(text: string): readonly (string | undefined)[] | undefined;
  /** All matches that do not overlap, as Go's FindAllSubmatchIndex. */
  matchAll(text: string): Iterable<MatchIndexes>;
}

export interface GoRegexpOptions {
  /** The pattern must match the whole text. */
  readonly anchored?: boolean;
  /** `.` matches newlines too. */
  readonly dotAll?: boolean;
}

/** Throws RegexpSyntaxError for what Go refuses. */
export function compileGoRegexp(source: string, options: GoRegexpOptions = {}): GoRegexp {
  const wrapped = wrap(source, options);
  const { root, groupNames } = parse(wrapped);
  const linear = new LinearEngine(root, wrapped);
  return new RoutedRegexp(source, groupNames, linear, backtrackingEngine(root, groupNames.length > 1));
}

/** Wrapped as text, as Go programs do, so that `a)(b` passes when anchored here as it does there. */
function wrap(source: string, { anchored, dotAll }: GoRegexpOptions): string {
  if (anchored) return dotAll ? `^(?s:${source})$` : `^(?:${source})$`;
  return dotAll ? `(?s)${source}` : source;
}

class RoutedRegexp implements GoRegexp {
  readonly source: string;
  readonly groupNames: readonly (string | undefined)[];
  readonly fastTextLength: number;
  readonly #linear: RegexpEngine;
  readonly #fast: RegexpEngine;

  constructor(
    source: string,
    groupNames: readonly (string | undefined)[],
    linear: RegexpEngine,
    fast: BacktrackingEngine | undefined,
  ) {
    this.source = source;
    this.groupNames = groupNames;
    this.fastTextLength = fast?.maxTextLength ?? 0;
    this.#linear = linear;
    this.#fast = fast ?? linear;
  }

  test(text: string): boolean {
    return this.#engineFor(text).test(text);
  }

  exec(text: string, from = 0): MatchIndexes | undefined {
    return this.#engineFor(text).exec(text, from);
  }

  groups(text: string): readonly (string | undefined)[] | undefined {
    return this.#engineFor(text).groups(text);
  }

  *matchAll(text: string): Generator<MatchIndexes> {
    const engine = this.#engineFor(text);
    let lastEnd = -1;
    for (let from = 0; from <= text.length; ) {
      const match = engine.exec(text, from);
      if (!match) return;
      const [start, end] = match as [number, number];
      // An empty match right behind the last one is no match of its own.
      if (start !== end || end !== lastEnd) yield match;
      from = end > from ? end : from + charLength(text, from);
      lastEnd = end;
    }
  }

  #engineFor(text: string): RegexpEngine {
    return text.length <= this.fastTextLength ? this.#fast : this.#linear;
  }
}

function charLength(text: string, index: number): number {
  return (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
}
