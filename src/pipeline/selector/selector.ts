/**
 * The selector of a match stage: `{app="web", env!~"dev.*"} |= "error" !~ "retry"`. All matchers and all filters must
 * hold.
 */
export interface Selector {
  readonly matchers: readonly LabelMatcher[];
  readonly filters: readonly LineFilter[];
}

/** Looks at one label; a label that is missing is the empty text. */
export interface LabelMatcher {
  readonly name: string;
  readonly operator: MatcherOperator;
  readonly value: string;
}

/** Looks at the line. */
export interface LineFilter {
  readonly operator: FilterOperator;
  readonly value: string;
}

export const matcherOperators = ['=', '!=', '=~', '!~'] as const;
export type MatcherOperator = (typeof matcherOperators)[number];

export const filterOperators = ['|=', '!=', '|~', '!~'] as const;
export type FilterOperator = (typeof filterOperators)[number];

/** A selector that is not one. Line and column (in characters) count from 1 and tell where it goes wrong. */
export class SelectorSyntaxError extends Error {
  override name = 'SelectorSyntaxError';
  readonly line: number;
  readonly column: number;

  constructor(reason: string, text: string, at: number) {
    const before = text.slice(0, at).split('\n');
    const line = before.length;
    const column = [...before.at(-1)!].length + 1;
    super(`line ${line}, column ${column}: ${reason}`);
    this.line = line;
    this.column = column;
  }
}
