import { tenantLabel } from '../entry/labels.js';
import type { StreamTally } from './stream-tally.js';

/** A label, and what it does to the number of streams. */
export interface LabelReport {
  readonly name: string;
  readonly values: number;
  /** The values with the most lines. */
  readonly top: readonly { readonly value: string; readonly lines: number; readonly streams: number }[];
}

const shown = 5;

/** The labels of all streams, those with the most values first. */
export function labelReports(streams: Iterable<StreamTally>): LabelReport[] {
  const byName = new Map<string, Map<string, { value: string; lines: number; streams: number }>>();
  for (const { labels, lines } of streams) {
    for (const [name, value] of labels.pairs()) {
      if (name === tenantLabel) continue;
      const values = byName.get(name) ?? new Map();
      byName.set(name, values);
      const tally = values.get(value) ?? { value, lines: 0, streams: 0 };
      values.set(value, tally);
      tally.lines += lines;
      tally.streams += 1;
    }
  }
  return [...byName]
    .map(([name, values]) => ({
      name,
      values: values.size,
      top: [...values.values()].sort((a, b) => b.lines - a.lines).slice(0, shown),
    }))
    .sort((a, b) => b.values - a.values || (a.name < b.name ? -1 : 1));
}
