import type { Labels } from '../entry/labels.js';
import type { Batch } from './batch.js';
import { type DecodedEntry, decodeEntry, entryEnd } from './decode-entry.js';
import type { EntryRuns } from './entry-runs.js';

/** The entries of these runs of a batch with their labels, in the order they came. Their lines are views of the batch's bytes. */
export function* readEntries(
  { bytes, streams }: Batch,
  runs: EntryRuns,
): Generator<DecodedEntry & { labels: Labels }> {
  for (let run = 0; run < runs.length; run++) {
    const labels = streams[runs.stream(run)]!;
    for (let at = runs.start(run); at < runs.end(run); ) {
      const end = entryEnd(bytes, at);
      yield { ...decodeEntry(bytes, at, end), labels };
      at = end;
    }
  }
}
