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
  const metadata: [string, string][] = [];
  let isAnyMissing = false;
  for (const { name, source } of pairs) {
    const value = usable(extracted, source);
    if (value === undefined) isAnyMissing = true;
    else move(entry, metadata, name, source, value);
  }
  if (isAnyMissing) moveLabels(entry, extracted, pairs, metadata);
  if (metadata.length > 0)
    entry.metadata = entry.metadata === undefined ? metadata : [...entry.metadata, ...metadata];
  return true;
}

/** Only what was not extracted comes from the labels, after what was. */
function moveLabels(
  entry: Entry,
  extracted: Extracted,
  pairs: readonly LabelSource[],
  metadata: [string, string][],
): void {
  for (const { name, source } of pairs) {
    const value = entry.labels.get(source);
    if (value !== undefined && usable(extracted, source) === undefined)
      move(entry, metadata, name, source, value);
  }
}

function usable(extracted: Extracted, source: string): string | undefined {
  const value = toText(extracted.get(source));
  return value !== undefined && isValidText(value) ? value : undefined;
}

function move(entry: Entry, metadata: [string, string][], name: string, source: string, value: string): void {
  metadata.push([name, value]);
  if (entry.labels.get(source) === value) entry.labels = entry.labels.without(source);
}
