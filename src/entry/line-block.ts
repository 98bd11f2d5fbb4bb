import type { Buffer } from 'node:buffer';
import type { Ack } from './ack.js';
import { Entry } from './entry.js';
import type { Labels } from './labels.js';
import { Line } from './line.js';
import type { ReadClock } from './read-clock.js';

/** What all lines of a block have in common. */
export interface LineOrigin {
  readonly labels: Labels;
  readonly clock: ReadClock;
  /** When they were read, in milliseconds since 1970. */
  readonly nowMs: number;
  /** A line of it for each line of the block. */
  readonly ack: Ack;
}

/**
 * Whole lines that were read in one go: the pieces of `bytes` from `starts` to before `ends`, where their newlines stand. What they are in is valid
 * until they are handed on. Nothing is made of a line until somebody asks for its entry.
 */
export class LineBlock {
  readonly bytes: Buffer;
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  readonly origin: LineOrigin;

  constructor(bytes: Buffer, starts: readonly number[], ends: readonly number[], origin: LineOrigin) {
    this.bytes = bytes;
    this.starts = starts;
    this.ends = ends;
    this.origin = origin;
  }

  get length(): number {
    return this.starts.length;
  }

  /** The entry of a line, for its owner to change; each has a time of its own. */
  entry(index: number): Entry {
    const { labels, clock, nowMs, ack } = this.origin;
    clock.tick(nowMs);
    const line = Line.ofBytes(this.bytes, this.starts[index]!, this.ends[index]!);
    return new Entry(labels, clock.seconds, clock.nanos, line, ack);
  }

  entries(): Entry[] {
    return this.starts.map((_, index) => this.entry(index));
  }
}
