import { Entry } from '../../entry/entry.js';
import { Line } from '../../entry/line.js';
import { unlessAborted } from '../unless-aborted.js';
import { ChunkBuffers } from './chunk-buffers.js';
import type { Encoding } from './encodings.js';
import { type Gap, printGap } from './gap.js';
import type { LineOutlet } from './line-outlet.js';
import type { ReadBuffers } from './read-buffers.js';
import type { Segment } from './segment.js';

export interface SegmentReadingOptions {
  readonly path: string;
  readonly encoding: Encoding | undefined;
  readonly outlet: LineOutlet;
  readonly buffers: ReadBuffers;
}

/** How a stretch of reading ended; `broken`: what follows cannot be decompressed. */
export type ReadingEnd = { kind: 'more' | 'end' | 'changed' } | { kind: 'broken'; cause: unknown };

/** Turns before another file of the job may have the buffer. */
const turnsInARow = 8;

/** Reads the files of a path, a stretch at a time, through the buffers of the job. */
export class SegmentReading {
  readonly #options: SegmentReadingOptions;
  /** Something was written just now. */
  #isFresh = false;

  constructor(options: SegmentReadingOptions) {
    this.#options = options;
  }

  /** Something was written to the live file just now. */
  written(): void {
    this.#isFresh = true;
  }

  async read(segment: Segment): Promise<ReadingEnd> {
    const { buffers, outlet } = this.#options;
    const buffer = await buffers.take(outlet.signal);
    // What comes out of a decompression comes in order.
    const takeSpare = segment.isCompressed ? undefined : () => buffers.takeSpare();
    const chunks = new ChunkBuffers(buffer, takeSpare);
    const giveBack = async () => {
      for (const free of await chunks.release()) buffers.give(free);
    };
    try {
      const kind = await this.#readTurns(segment, chunks);
      await giveBack();
      return { kind };
    } catch (error) {
      if (outlet.signal.aborted) {
        // Whoever was handed its lines may still be looking at them.
        void this.#readerOf(segment).handedOn.then(giveBack, giveBack);
        throw error;
      }
      await giveBack();
      if (!segment.isCompressed) throw error;
      return { kind: 'broken', cause: error };
    }
  }

  /** What was written to it just now, in one go: see `LineReader.turnNow`. */
  readNow(segment: Segment, buffer: Buffer, entries: Entry[]): number | undefined {
    const { look } = segment;
    const length = this.#readerOf(segment).turnNow(buffer, entries);
    if (length !== undefined) segment.wasRead(look);
    return length;
  }

  /** Sends what is left behind the last newline. True if there was something. */
  finish(segment: Segment): Promise<boolean> {
    return this.#readerOf(segment).finish();
  }

  /** Puts the line that stands for a gap before what is read next. */
  async tellGap(segment: Segment, gap: Gap): Promise<void> {
    const { path, outlet } = this.#options;
    const { labels, clock, now, sink, signal } = outlet;
    const chunk = segment.progress.begin();
    clock.tick(now());
    const line = Line.ofText(printGap(gap, path));
    chunk.close(segment.offset, 1);
    const wait = sink.push([new Entry(labels, clock.seconds, clock.nanos, line, chunk.ack)]);
    if (wait !== undefined) await unlessAborted(wait, signal);
  }

  async #readTurns(segment: Segment, chunks: ChunkBuffers): Promise<'more' | 'end' | 'changed'> {
    const reader = this.#readerOf(segment);
    let { look } = segment;
    for (let turns = 0; turns < turnsInARow; turns++) {
      // What was read before is as old as what was known of the file by then.
      if (!(await chunks.isNextRead())) look = segment.look;
      chunks.isLast = turns === turnsInARow - 1;
      const end = await reader.turn(chunks, this.#isFresh);
      this.#isFresh = false;
      if (end === 'changed') return end;
      segment.wasRead(look);
      if (end === 'end') return end;
    }
    return 'more';
  }

  #readerOf(segment: Segment) {
    return segment.reader(this.#options.outlet, this.#options.encoding);
  }
}
