import { Ack } from '../../src/entry/ack.js';
import type { Labels } from '../../src/entry/labels.js';
import { LineBlock } from '../../src/entry/line-block.js';
import { ReadClock } from '../../src/entry/read-clock.js';

/** Lines without a time of their own are read in this second. */
export const readSecond = 1_700_000_000;

/** Lines as a file's reader hands them on, in one chunk, and how many of them are settled. */
export function lineBlockOf(
  lines: readonly (string | Buffer)[],
  labels: Labels,
  clock = new ReadClock(),
): { block: LineBlock; settled: () => number; wipe: () => void } {
  let settled = 0;
  const ack = new (class extends Ack {
    override done(count: number): void {
      settled += count;
      super.done(count);
    }
  })(lines.length, () => {});
  // Something else stands before the first line, as the end of the one before does.
  const bytes = Buffer.concat([
    Buffer.from('before\n'),
    ...lines.flatMap((line) => [Buffer.from(line), Buffer.from('\n')]),
  ]);
  const start = 'before\n'.length;
  const skipHole = (at: number) => at + bytes.subarray(at).findIndex((byte) => byte !== 0);
  const origin = { labels, clock, nowMs: readSecond * 1000, ack, skipHole };
  const block = new LineBlock(bytes, start, bytes.length, origin);
  return { block, settled: () => settled, wipe: () => void bytes.fill(0x21) };
}
