import type { Entry } from '../entry/entry.js';
import type { Extracted } from '../entry/extracted.js';
import type { Count } from '../metrics/stage-metrics.js';
import { eachEntry, type Stage } from './stage.js';

/** A stage that drops the entries `isUnwanted` names and counts them, once an array. */
export function dropEntries(
  isUnwanted: (entry: Entry, extracted: Extracted) => boolean,
  dropped: Count,
): Stage {
  const stage = eachEntry((entry, extracted) => !isUnwanted(entry, extracted));
  return {
    process(entries) {
      const before = entries.length;
      const kept = stage.process(entries) as Entry[];
      if (kept.length < before) dropped.add(before - kept.length);
      return kept;
    },
  };
}
