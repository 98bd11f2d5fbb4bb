import { tenantLabel } from '../../entry/labels.js';
import type { Batch } from '../batch.js';
import type { DecodedEntry } from '../decode-entry.js';
import { asJsonObject, objectJson } from '../document-fields.js';
import type { EntryRuns } from '../entry-runs.js';
import { readEntries } from '../read-entries.js';
import type { EventText } from './event-text.js';

export interface EventShape {
  /** `host`, `source`, `sourcetype` and `index`, as far as the config has something for them. */
  readonly texts: readonly (readonly [key: string, text: EventText])[];
  /** A line that is a JSON object goes as one. */
  readonly asObject: boolean;
}

/** The body of a request to the collector: an event an entry, one behind the other. */
export function collectorEvents(batch: Batch, runs: EntryRuns, { texts, asObject }: EventShape): string {
  let text = '';
  for (const entry of readEntries(batch, runs)) {
    const { labels, metadata, line } = entry;
    text += `{"time":${epochSeconds(entry)}`;
    for (const [key, textOf] of texts) {
      const value = textOf(labels, metadata);
      if (value !== '') text += `,"${key}":${JSON.stringify(value.toWellFormed())}`;
    }
    const written = line.toString('utf8');
    const event = (asObject ? asJsonObject(written) : undefined) ?? JSON.stringify(written);
    const own = labels.pairs().filter(([name]) => name !== tenantLabel);
    // Splunk refuses an event with a `fields` that has nothing in it.
    const isBare = own.length + metadata.length === 0;
    text += `,"event":${event}${isBare ? '' : `,"fields":${objectJson([...metadata, ...own])}`}}\n`;
  }
  return text;
}

/** With the microseconds that Splunk keeps. */
function epochSeconds({ seconds, nanos }: DecodedEntry): string {
  const micros = seconds * 1_000_000n + BigInt(Math.floor(nanos / 1000));
  const digits = String(micros < 0n ? -micros : micros).padStart(7, '0');
  return `${micros < 0n ? '-' : ''}${digits.slice(0, -6)}.${digits.slice(-6)}`;
}
