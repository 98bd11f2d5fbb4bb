import type { Ack } from './ack.js';
import type { Extracted } from './extracted.js';
import type { Labels } from './labels.js';
import type { Line } from './line.js';
import type { Metadata } from './metadata.js';

/**
 * One log entry on its way from a target to a client. Its owner is whoever was handed the array it is in; owners change the
 * fields, never the things they hold.
 */
export class Entry {
  labels: Labels;
  /** Seconds since 1970, whole, may be negative; `nanos` is 0…999,999,999. As on the wire. */
  seconds: number;
  nanos: number;
  line: Line;
  metadata: Metadata | undefined = undefined;
  /** Set by the pipeline for as long as the entry is in it. */
  extracted: Extracted | undefined = undefined;
  /** Which count, and how much of it, is settled once this entry is. */
  ack: Ack;
  lines = 1;

  constructor(labels: Labels, seconds: number, nanos: number, line: Line, ack: Ack) {
    this.labels = labels;
    this.seconds = seconds;
    this.nanos = nanos;
    this.line = line;
    this.ack = ack;
  }
}

/** Settles entries that go no further. */
export function settle(entries: readonly Entry[]): void {
  for (const entry of entries) entry.ack.done(entry.lines);
}
