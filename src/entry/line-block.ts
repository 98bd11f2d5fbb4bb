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
  /** Each line counts once. */
  readonly ack: Ack;
  /** Where a line begins that starts with a NUL: behind a hole, if that is one. */
  skipHole(start: number): number;
}

const newline = 0x0a;

/**
 * Whole lines that were read in one go: the bytes from `start` to before `end`, each line with its newline. They are valid until the lines are
 * handed on. Nothing is made of them, nor are they told apart, until somebody needs to.
 */
export class LineBlock {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  readonly origin: LineOrigin;
  #length: number | undefined;
  readonly #afterHoles = new Map<number, number>();

  constructor(bytes: Buffer, start: number, end: number, origin: LineOrigin) {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.origin = origin;
  }

  /** How many lines there are. */
  get length(): number {
    this.#length ??= this.#count();
    return this.#length;
  }

  /** Who has told the lines apart knows how many there are. */
  noteLength(length: number): void {
    this.#length = length;
  }

  /** Where the line that starts at `start` begins, without what is no part of it. */
  lineStart(start: number): number {
    if (this.bytes[start] !== 0) return start;
    let after = this.#afterHoles.get(start);
    if (after === undefined) {
      after = this.origin.skipHole(start);
      this.#afterHoles.set(start, after);
    }
    return after;
  }

  /** Where the newline of a line stands. */
  lineEnd(start: number): number {
    return this.bytes.indexOf(newline, start);
  }

  /** The entry of a line, for its owner to change; each has a time of its own. */
  entry(start: number, end: number): Entry {
    const { labels, clock, nowMs, ack } = this.origin;
    clock.tick(nowMs);
    return new Entry(labels, clock.seconds, clock.nanos, Line.ofBytes(this.bytes, start, end), ack);
  }

  entries(): Entry[] {
    const entries: Entry[] = [];
    for (let next = this.start; next < this.end; ) {
      const start = this.lineStart(next);
      const end = this.lineEnd(start);
      entries.push(this.entry(start, end));
      next = end + 1;
    }
    this.#length = entries.length;
    return entries;
  }

  #count(): number {
    let count = 0;
    for (let next = this.start; next < this.end; next = this.lineEnd(this.lineStart(next)) + 1) count += 1;
    return count;
  }
}
