import {
  checked,
  converted,
  optional,
  orNull,
  required,
  type Schema,
  stageStruct,
  type Value,
} from '../../fields/schema.js';
import { nonEmpty, stageMap, stageText } from '../../fields/stage-fields.js';
import { readLogfmt } from '../../go/logfmt.js';
import { sourceText } from '../source-text.js';
import { eachEntry, type StageKind } from '../stage.js';

/** The names to set for each key of a line; an empty key is the name itself. */
const mapping: Schema<Map<string, string[]>> = converted(
  checked(stageMap(orNull(stageText)), (map) => (map.size === 0 ? 'may not be empty' : undefined)),
  (map) => {
    const namesByKey = new Map<string, string[]>();
    for (const [name, key] of map)
      namesByKey.set(key || name, [...(namesByKey.get(key || name) ?? []), name]);
    return namesByKey;
  },
);

const schema = stageStruct({
  mapping: required(mapping),
  source: optional(nonEmpty(stageText)),
});

/** Extracts values of a logfmt line such as `level=info msg="a b"`, as text. Keys that are not there set nothing. */
export const logfmt: StageKind<Value<typeof schema>> = {
  name: 'logfmt',
  schema,
  build({ mapping, source }) {
    const textOf = sourceText(source);
    return eachEntry((entry, extracted) => {
      const text = textOf(entry, extracted);
      if (text === undefined) return true;
      // An error ends reading; what came before it counts.
      readLogfmt(text, (key, value) => {
        for (const name of mapping.get(key) ?? []) extracted.set(name, value);
      });
      return true;
    });
  },
};
