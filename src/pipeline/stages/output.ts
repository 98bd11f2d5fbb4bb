import type { ExtractedValue } from '../../entry/extracted.js';
import { Line } from '../../entry/line.js';
import { required, stageStruct, type Value } from '../../fields/schema.js';
import { nonEmpty, stageText } from '../../fields/stage-fields.js';
import { toText } from '../extracted-text.js';
import { eachEntry, type StageKind } from '../stage.js';

const schema = stageStruct({ source: required(nonEmpty(stageText)) });

/** Replaces the line with an extracted value; a missing or nil one leaves it. */
export const output: StageKind<Value<typeof schema>> = {
  name: 'output',
  schema,
  build({ source }) {
    return eachEntry((entry, extracted) => {
      const line = extracted.getLine(source) ?? toLine(extracted.get(source));
      if (line !== undefined) entry.line = line;
      return true;
    });
  },
};

function toLine(value: ExtractedValue | undefined): Line | undefined {
  const text = toText(value);
  return text === undefined ? undefined : Line.ofText(text);
}
