import { Ack } from '../../entry/ack.js';
import type { Entry } from '../../entry/entry.js';
import type { Tally } from '../../metrics/tally.js';

/**
 * Commits the tally once all these entries are settled: what is not accepted before a crash or reload is read again, and counted then.
 * Entries that follow each other with the same ack get one in its place, which settles it.
 */
export function commitWhenSettled(entries: readonly Entry[], tally: Tally): void {
  let open = 1;
  const settled = () => {
    open--;
    if (open === 0) tally.commit();
  };
  for (let from = 0; from < entries.length; ) {
    const { ack } = entries[from]!;
    let to = from;
    let lines = 0;
    while (to < entries.length && entries[to]!.ack === ack) lines += entries[to++]!.lines;
    open++;
    const counted = new Ack(lines, () => {
      ack.done(lines);
      settled();
    });
    for (; from < to; from++) entries[from]!.ack = counted;
  }
  settled();
}
