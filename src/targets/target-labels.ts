import { labelName } from '../fields/label-name.js';
import { text } from '../fields/scalars.js';
import { type Field, mapOf, withDefault } from '../fields/schema.js';

/** The `labels` of a target, which all its entries get. */
export const targetLabels: Field<ReadonlyMap<string, string>> = withDefault(
  mapOf(text, labelName),
  new Map(),
);
