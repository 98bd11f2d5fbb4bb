import type { Ack } from '../../src/entry/ack.js';
import type { Entry } from '../../src/entry/entry.js';
import { PackedEntries, recordWords, writeRecord } from '../../src/entry/packed-entries.js';
import { entryRoom, writeEntry } from '../../src/entry/wire-entry.js';

/** These entries in wire form, behind some other bytes. `ack` stands for all of them. */
export function packedOf(entries: readonly Entry[], ack: Ack): PackedEntries {
  const start = 5;
  const room = entries.reduce((sum, { line, metadata }) => sum + entryRoom(line.byteLength, metadata), start);
  const bytes = Buffer.alloc(room);
  const words = new Int32Array(entries.length * recordWords.count);
  const seconds = new Float64Array(words.buffer);
  let end = start;
  for (const [index, entry] of entries.entries()) {
    const { line, metadata } = entry;
    end = writeEntry(bytes, end, entry.seconds, entry.nanos, line, line.byteLength, metadata);
    writeRecord({ words, seconds }, index, entry, index, end);
  }
  const labels = entries.map((entry) => entry.labels);
  return new PackedEntries({ bytes, start, count: entries.length, words, seconds, labels, ack });
}
