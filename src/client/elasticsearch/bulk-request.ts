import { createHash } from 'node:crypto';
import type { Labels } from '../../entry/labels.js';
import type { Batch } from '../batch.js';
import type { DecodedEntry } from '../decode-entry.js';
import { asJsonObject, labelsJson, objectJson } from '../document-fields.js';
import type { EntryRuns } from '../entry-runs.js';
import { printTime } from '../print-time.js';
import { readEntries } from '../read-entries.js';
import type { IndexPattern } from './index-pattern.js';

export interface DocumentShape {
  readonly indexAt: IndexPattern;
  /** Where a line that is a JSON object goes as one; '' for none: every line is a text. */
  readonly eventField: string;
}

/**
 * The body of a bulk request that creates a document an entry. Its id is made of what is in it, so that an entry that is sent again
 * is found to be there already.
 */
export function bulkRequest(batch: Batch, runs: EntryRuns, { indexAt, eventField }: DocumentShape): string {
  const labelsOf = new Map<Labels, string>();
  let text = '';
  for (const entry of readEntries(batch, runs)) {
    const { labels, seconds, metadata } = entry;
    let labelsText = labelsOf.get(labels);
    if (labelsText === undefined) {
      labelsText = labelsJson(labels);
      labelsOf.set(labels, labelsText);
    }
    const metadataText = objectJson(metadata);
    const id = documentId(entry, labelsText, metadataText);
    text += `{"create":{"_index":${JSON.stringify(indexAt(Number(seconds)))},"_id":"${id}"}}\n`;
    text += `${document(entry, labelsText, metadataText, eventField)}\n`;
  }
  return text;
}

function document(
  { seconds, nanos, line }: DecodedEntry,
  labels: string,
  metadata: string,
  eventField: string,
): string {
  const text = line.toString('utf8');
  const object = eventField === '' ? undefined : asJsonObject(text);
  const event =
    object === undefined ? `"message":${JSON.stringify(text)}` : `${JSON.stringify(eventField)}:${object}`;
  return `{"@timestamp":"${printTime(seconds, nanos)}",${event},"labels":${labels},"metadata":${metadata}}`;
}

/** 160 bits: more than two entries will ever share by accident, and out of reach of who would make two share them. */
const idLength = 27;

function documentId({ seconds, nanos, line }: DecodedEntry, labels: string, metadata: string): string {
  return createHash('sha256')
    .update(`${seconds}.${nanos}\n${labels}\n${metadata}\n`)
    .update(line)
    .digest('base64url')
    .slice(0, idLength);
}
