import type { GoRegexp } from './go-regexp.js';
import type { MatchIndexes } from './regexp-engine.js';

/**
 * Fills `$1`, `$name`, `${1}` and `${name}` in from a match; `$$` is a dollar. Go's Regexp.Expand: a name is as long
 * as can be (`$1x` asks for the group "1x"), a group that is missing or took no part is empty, any other `$` stays.
 */
export function expandTemplate(
  template: string,
  regexp: GoRegexp,
  text: string,
  match: MatchIndexes,
): string {
  return template.replace(reference(), (_, dollar, braced, bare) =>
    dollar === undefined ? captured(braced ?? bare, regexp.groupNames, text, match) : '$',
  );
}

// Made when it is needed, as Unicode's classes take V8 a while.
const reference = () => /\$(?:(\$)|\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+))/gu;

function captured(
  name: string,
  groupNames: GoRegexp['groupNames'],
  text: string,
  match: MatchIndexes,
): string {
  const isNumber = /^(?:0|[1-9][0-9]{0,8})$/.test(name);
  for (const group of isNumber ? [Number(name)] : groupNames.keys()) {
    const start = match[2 * group] ?? -1;
    if (start >= 0 && (isNumber || groupNames[group] === name))
      return text.slice(start, match[2 * group + 1]);
  }
  return '';
}
