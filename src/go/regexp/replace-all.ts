import { expandTemplate } from './expand-template.js';
import type { GoRegexp } from './go-regexp.js';
import type { MatchIndexes } from './regexp-engine.js';

/** Puts the template, with `$1` and `${name}` filled in, in the place of every match: Go's ReplaceAllString. */
export function replaceAll(regexp: GoRegexp, text: string, template: string): string {
  return replaceEach(regexp, text, (match) => expandTemplate(template, regexp, text, match));
}

/** The same without looking for `$` in the replacement: Go's ReplaceAllLiteralString. */
export function replaceAllLiteral(regexp: GoRegexp, text: string, replacement: string): string {
  return replaceEach(regexp, text, () => replacement);
}

function replaceEach(regexp: GoRegexp, text: string, replacement: (match: MatchIndexes) => string): string {
  let replaced = '';
  let copiedTo = 0;
  for (const match of regexp.matchAll(text)) {
    replaced += text.slice(copiedTo, match[0]) + replacement(match);
    copiedTo = match[1]!;
  }
  return replaced + text.slice(copiedTo);
}
