import { classicLabelName } from '../fields/label-name.js';
import { converted, mapOf, orNull, type Schema } from '../fields/schema.js';
import { stageText } from '../fields/stage-fields.js';

/** One line of a `labels` or `structured_metadata` stage: the name to set and the extracted value to set it from. */
export interface LabelSource {
  readonly name: string;
  readonly source: string;
}

/** A map of names to sources; an empty source means the name itself. */
export const labelSources: Schema<LabelSource[]> = converted(
  mapOf(orNull(stageText), classicLabelName),
  (map) => [...map].map(([name, source]) => ({ name, source: source || name })),
);
