import type { Extracted } from '../../entry/extracted.js';
import { isValidText } from '../../entry/text.js';
import { classicLabelName } from '../../fields/label-name.js';
import { checked, stageStruct, type Value, withDefault } from '../../fields/schema.js';
import { stageBool, stageText } from '../../fields/stage-fields.js';
import { trimGoSpace } from '../../go/trim-space.js';
import { toText } from '../extracted-text.js';
import { eachEntry, type StageKind } from '../stage.js';

const schema = stageStruct({
  source: withDefault(checked(stageText, classicLabelName), 'message'),
  drop_invalid_labels: withDefault(stageBool, false),
  overwrite_existing: withDefault(stageBool, false),
});

type Options = Value<typeof schema>;

/**
 * Extracts the `key: value` lines of a Windows event message. An entry whose message is nil is dropped, as Promtail does
 * without counting it.
 */
export const eventlogmessage: StageKind<Options> = {
  name: 'eventlogmessage',
  schema,
  build(options) {
    return eachEntry((_entry, extracted) => {
      const message = extracted.get(options.source);
      if (message === undefined) return true;
      const text = toText(message);
      if (text === undefined) return false;
      for (const line of text.split('\r\n')) extractLine(line, extracted, options);
      return true;
    });
  },
};

function extractLine(line: string, extracted: Extracted, options: Options): void {
  const colon = line.indexOf(':');
  if (colon < 0) return;
  let name = line.slice(0, colon);
  if (classicLabelName(name) !== undefined) {
    if (options.drop_invalid_labels) return;
    name = toLabelName(name);
  }
  if (!options.overwrite_existing && extracted.get(name) !== undefined) name += '_extracted';
  const value = trimGoSpace(line.slice(colon + 1));
  if (isValidText(value)) extracted.set(name, value);
}

/** Each code point that a label name may not have becomes `_`; a digit may not stand first. */
function toLabelName(name: string): string {
  return name === '' ? '_' : name.replace(/^\d|[^a-zA-Z0-9_]/gu, '_');
}
