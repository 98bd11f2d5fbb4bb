import { nonEmptyRegexp } from '../../fields/go-regexp.js';
import { optional, required, stageStruct, type Value } from '../../fields/schema.js';
import { nonEmpty, stageText } from '../../fields/stage-fields.js';
import type { GoRegexp } from '../../go/regexp/go-regexp.js';
import { sourceText } from '../source-text.js';
import { eachEntry, type StageKind } from '../stage.js';

const schema = stageStruct({
  expression: required(nonEmptyRegexp),
  source: optional(nonEmpty(stageText)),
});

/** Extracts the named groups of the first match; one that took no part is set to the empty text. */
export const regex: StageKind<Value<typeof schema>> = {
  name: 'regex',
  schema,
  build({ expression, source }) {
    const named = namedGroups(expression);
    const textOf = sourceText(source);
    return eachEntry((entry, extracted) => {
      const text = textOf(entry, extracted);
      const groups = text === undefined ? undefined : expression.groups(text);
      if (groups === undefined) return true;
      for (const [name, group] of named) extracted.set(name, groups[group] ?? '');
      return true;
    });
  },
};

/** The number of each named group; of two with one name the last counts. */
function namedGroups({ groupNames }: GoRegexp): Map<string, number> {
  const named = new Map<string, number>();
  for (const [group, name] of groupNames.entries()) if (name !== undefined) named.set(name, group);
  return named;
}
