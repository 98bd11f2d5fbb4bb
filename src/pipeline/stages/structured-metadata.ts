import type { Entry } from '../../entry/entry.js';
import type { Extracted } from '../../entry/extracted.js';
import type { Labels } from '../../entry/labels.js';
import { MetadataWriter } from '../../entry/metadata.js';
import { isValidText } from '../../entry/text.js';
import { toText } from '../extracted-text.js';
import { type LabelSource, labelSources } from '../label-sources.js';
import { eachEntry, type StageKind } from '../stage.js';

/** Adds structured metadata from extracted values or labels; a label whose value was used is removed. */
export const structuredMetadata: StageKind<LabelSource[]> = {
  name: 'structured_metadata',
  schema: labelSources,
  build(pairs) {
    const isLabel = anyIsLabel(pairs);
    const writer = new MetadataWriter();
    return eachEntry(
      (entry, extracted) => {
        if (entry.metadata !== undefined) writer.all(entry.metadata);
        if (isLabel(entry.labels)) moveAll(entry, extracted, pairs, writer);
        else writeAll(extracted, pairs, writer);
        if (!writer.isEmpty) entry.metadata = writer.end();
        return true;
      },
      (plan) => {
        for (const { name, source } of pairs) plan.addPair(name, source);
        return true;
      },
    );
  },
};

/** The name the stage had before. */
export const nonIndexedLabels: StageKind<LabelSource[]> = {
  ...structuredMetadata,
  name: 'non_indexed_labels',
};

/** Whether any of the sources is a label as well: seldom, and so only asked again when the labels have other names. */
function anyIsLabel(pairs: readonly LabelSource[]): (labels: Labels) => boolean {
  let names: readonly string[] | undefined;
  let isAny = false;
  return (labels) => {
    if (labels.names !== names) {
      ({ names } = labels);
      isAny = pairs.some(({ source }) => labels.has(source));
    }
    return isAny;
  };
}

function writeAll(extracted: Extracted, pairs: readonly LabelSource[], writer: MetadataWriter): void {
  for (const { name, source } of pairs) {
    const piece = extracted.getLine(source);
    if (piece?.bytes !== undefined && writer.piece(name, piece.bytes, piece.start, piece.end)) continue;
    const value = usable(extracted, source);
    if (value !== undefined) writer.pair(name, value);
  }
}

function moveAll(
  entry: Entry,
  extracted: Extracted,
  pairs: readonly LabelSource[],
  writer: MetadataWriter,
): void {
  for (const { name, source } of pairs) {
    const value = usable(extracted, source);
    if (value !== undefined) move(entry, writer, name, source, value);
  }
  // Only what was not extracted comes from the labels, after what was.
  for (const { name, source } of pairs) {
    const value = entry.labels.get(source);
    if (value !== undefined && usable(extracted, source) === undefined)
      move(entry, writer, name, source, value);
  }
}

function usable(extracted: Extracted, source: string): string | undefined {
  const value = toText(extracted.get(source));
  return value !== undefined && isValidText(value) ? value : undefined;
}

function move(entry: Entry, writer: MetadataWriter, name: string, source: string, value: string): void {
  writer.pair(name, value);
  if (entry.labels.get(source) === value) entry.labels = entry.labels.without(source);
}
