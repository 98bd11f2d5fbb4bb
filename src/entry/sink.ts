import type { Entry } from './entry.js';
import type { LineBlock } from './line-block.js';
import type { PackedEntries } from './packed-entries.js';

/**
 * Where entries go next: the only joint between targets, pipeline and clients. `push` takes the array over. It returns nothing
 * when there is room for more, else a promise for the moment when there is: waiting for it is the back-pressure, as nothing
 * queues without bound.
 */
export interface Sink {
  push(entries: Entry[]): Promise<void> | undefined;
  /** As `push`, of lines that nothing was made of yet. Call `pushLines` below. */
  pushLines?(lines: LineBlock): Promise<void> | undefined;
  /** As `push`, of entries in wire form. Call `pushPacked` below. */
  pushPacked?(packed: PackedEntries): Promise<void> | undefined;
}

/** Who takes no lines is handed entries. */
export function pushLines(sink: Sink, lines: LineBlock): Promise<void> | undefined {
  return sink.pushLines === undefined ? sink.push(lines.entries()) : sink.pushLines(lines);
}

export function pushPacked(sink: Sink, packed: PackedEntries): Promise<void> | undefined {
  return sink.pushPacked === undefined ? sink.push(packed.entries()) : sink.pushPacked(packed);
}
