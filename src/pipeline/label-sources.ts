import { classicLabelName } from '../fields/label-name.js';
import { converted, orNull, type Schema } from '../fields/schema.js';
import { stageMap, stageText } from '../fields/stage-fields.js';

/** One line of a `labels` or `structured_metadata` stage: the name to set and the extracted value to set it from. */
export interface LabelSource {
  readonly name: string;
  readonly source: string;
}

/** A map of names to sources; an empty source means the name itself. */
export const labelSources: Schema<LabelSource[]> = converted(
  stageMap(orNull(stageText), classicLabelName),
  (map) => [...map].map(([name, source]) => ({ name, source: source || name })),
);
