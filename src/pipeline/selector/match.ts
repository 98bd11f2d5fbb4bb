import { encodeText, isValidText } from '../../entry/text.js';
import { compileGoRegexp } from '../../go/regexp/go-regexp.js';
import type { LabelMatcher, LineFilter, Selector } from './selector.js';

export interface LabelSource {
  get(name: string): string | undefined;
}

/** Whether a selector picks an entry. The line is asked for only when the labels match and there are filters. */
export type SelectorPredicate = (labels: LabelSource, line: () => string) => boolean;

/** Throws RegexpSyntaxError for a regular expression that Go refuses. */
export function selectorPredicate(selector: Selector): SelectorPredicate {
  const matchers = selector.matchers.map(matcherTest);
  const filters = selector.filters.map(filterTest);
  return (labels, line) => {
    for (const matches of matchers) {
      if (!matches(labels)) return false;
    }
    if (filters.length === 0) return true;
    const text = line();
    return filters.every((passes) => passes(text));
  };
}

function matcherTest({ name, operator, value }: LabelMatcher): (labels: LabelSource) => boolean {
  switch (operator) {
    case '=':
      return (labels) => (labels.get(name) ?? '') === value;
    case '!=':
      return (labels) => (labels.get(name) ?? '') !== value;
    case '=~': {
      const pattern = compileGoRegexp(value, wholeValue);
      return (labels) => pattern.test(labels.get(name) ?? '');
    }
    case '!~': {
      const pattern = compileGoRegexp(value, wholeValue);
      return (labels) => !pattern.test(labels.get(name) ?? '');
    }
  }
}

function filterTest({ operator, value }: LineFilter): (line: string) => boolean {
  switch (operator) {
    case '|=':
      return containsTest(value);
    case '!=': {
      const contains = containsTest(value);
      return (line) => !contains(line);
    }
    case '|~': {
      const pattern = compileGoRegexp(value);
      return (line) => pattern.test(line);
    }
    case '!~': {
      const pattern = compileGoRegexp(value);
      return (line) => !pattern.test(line);
    }
  }
}

/** A filter can ask for a byte (`"\x80"`) that is part of a character of the line, so then bytes are searched. */
function containsTest(part: string): (line: string) => boolean {
  if (isValidText(part)) return (line) => line.includes(part);
  const bytes = encodeText(part);
  return (line) => encodeText(line).includes(bytes);
}

const wholeValue = { anchored: true, dotAll: true } as const;
