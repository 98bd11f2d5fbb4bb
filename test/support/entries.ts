import { Ack } from '../../src/entry/ack.js';
import { Entry } from '../../src/entry/entry.js';
import { LabelSets } from '../../src/entry/labels.js';
import { Line } from '../../src/entry/line.js';

const labelSets = new LabelSets();

/** Entries of these lines with one ack, whose `settled` counts what was settled so far. */
export function entriesOf(
  lines: string[],
  labels: Record<string, string> = {},
): { entries: Entry[]; settled: () => number } {
  let settled = 0;
  const ack = new (class extends Ack {
    override done(count: number): void {
      settled += count;
      super.done(count);
    }
  })(lines.length, () => {});
  const set = labelSets.of(Object.entries(labels));
  const entries = lines.map((line, index) => new Entry(set, 1_700_000_000, index, Line.ofText(line), ack));
  return { entries, settled: () => settled };
}
