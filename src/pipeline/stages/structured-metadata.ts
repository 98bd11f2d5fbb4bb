import type { Entry } from '../../entry/entry.js';
import type { Extracted } from '../../entry/extracted.js';
import { isValidText } from '../../entry/text.js';
import { toText } from '../extracted-text.js';
import { type LabelSource, labelSources } from '../label-sources.js';
import { eachEntry, type StageKind } from '../stage.js';

/** Adds structured metadata from extracted values or labels; a label whose value was used is removed. */
export const structuredMetadata: StageKind<LabelSource[]> = {
  name: 'structured_metadata',
  schema: labelSources,
  build: (pairs) => eachEntry((entry, extracted) => moveToMetadata(entry, extracted, pairs)),
};

/** The name the stage had before. */
export const nonIndexedLabels: StageKind<LabelSource[]> = {
  ...structuredMetadata,
  name: 'non_indexed_labels',
};

function moveToMetadata(entry: Entry, extracted: Extracted, pairs: readonly LabelSource[]): true {
  const added: [string, string][] = [];
  const used = new Map<string, string>();
  for (const { name, source } of pairs) {
    const value = toText(extracted.get(source));
    if (value === undefined || !isValidText(value)) continue;
    added.push([name, value]);
    used.set(source, value);
  }
  for (const { name, source } of pairs) {
    const value = used.has(source) ? undefined : entry.labels.get(source);
    if (value === undefined) continue;
    added.push([name, value]);
    used.set(source, value);
  }
  if (added.length > 0) entry.metadata = [...(entry.metadata ?? []), ...added];
  for (const [source, value] of used) {
    if (entry.labels.get(source) === value) entry.labels = entry.labels.without(source);
  }
  return true;
}
