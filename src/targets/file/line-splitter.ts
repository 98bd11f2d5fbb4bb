import type { Buffer } from 'node:buffer';
import type { Ack } from '../../entry/ack.js';
import { Entry } from '../../entry/entry.js';
import { Line } from '../../entry/line.js';
import { LineBlock } from '../../entry/line-block.js';
import type { LineDecoder } from './encodings.js';
import type { LineOutlet } from './line-outlet.js';

/** Nothing is made yet of lines that need no decoding. */
export type Lines = LineBlock | Entry[];

/** A run of NULs at the start of a file is a hole; elsewhere a line may begin with a few. */
const minHoleBytes = 64;
const newline = 0x0a;

/** Tells the lines of a file apart; without a decoder they are UTF-8. An `offset` is where in the file the text begins that it is about. */
export class LineSplitter {
  readonly #outlet: LineOutlet;
  readonly #decoder: LineDecoder | undefined;

  constructor(outlet: LineOutlet, decoder: LineDecoder | undefined) {
    this.#outlet = outlet;
    this.#decoder = decoder;
  }

  /** What a newline takes. */
  get unitBytes(): number {
    return this.#decoder?.unitBytes ?? 1;
  }

  /** The whole lines from `from` on, which is at `offset`, and where the unfinished one begins. */
  split(bytes: Buffer, from: number, offset: number, ack: Ack): { lines: Lines; end: number } {
    const start = this.textStart(offset, from);
    const fileStart = offset === 0 ? start : -1;
    if (this.#decoder !== undefined) return this.#splitDecoded(bytes, start, fileStart, this.#decoder, ack);
    const { labels, clock, now } = this.#outlet;
    const skipHole = (at: number) => this.#endOfHole(bytes, at, fileStart);
    const end = bytes.lastIndexOf(newline) + 1;
    if (end <= from) return { lines: [], end: skipHole(from) };
    const lines = new LineBlock(bytes, from, end, { labels, clock, nowMs: now(), ack, skipHole });
    return { lines, end: skipHole(end) };
  }

  /** Where the first newline stands; negative: nowhere. */
  findNewline(bytes: Buffer): number {
    return this.#decoder === undefined ? bytes.indexOf(newline) : this.#decoder.findNewline(bytes, 0);
  }

  /** Where text begins in bytes whose index `from` is at `offset`: behind a byte order mark, if this is the file's start. */
  textStart(offset: number, from: number): number {
    return offset === 0 ? from + (this.#decoder?.markBytes ?? 0) : from;
  }

  entry(bytes: Buffer, start: number, end: number, ack: Ack): Entry {
    const { labels, clock, now } = this.#outlet;
    clock.tick(now());
    const decoder = this.#decoder;
    const line =
      decoder === undefined
        ? Line.ofBytes(bytes, start, end)
        : Line.ofText(decoder.decode(bytes, start, end));
    return new Entry(labels, clock.seconds, clock.nanos, line, ack);
  }

  #splitDecoded(
    bytes: Buffer,
    from: number,
    fileStart: number,
    decoder: LineDecoder,
    ack: Ack,
  ): { lines: Entry[]; end: number } {
    const lines: Entry[] = [];
    let start = Math.min(bytes.length, from);
    for (;;) {
      start = this.#endOfHole(bytes, start, fileStart);
      const end = decoder.findNewline(bytes, start);
      if (end < 0) return { lines, end: start };
      lines.push(this.entry(bytes, start, end, ack));
      start = end + decoder.unitBytes;
    }
  }

  /**
   * Skips a hole: what a writer leaves that goes on at its old offset after its file was cut. NULs at the end of the file stay, as
   * something may yet be written there. `fileStart` is where the file's text begins, if it does in these bytes.
   */
  #endOfHole(bytes: Buffer, start: number, fileStart: number): number {
    if (bytes[start] !== 0 || this.unitBytes > 1) return start;
    const end = endOfNuls(bytes, start);
    if (end === bytes.length || (start !== fileStart && end - start < minHoleBytes)) return start;
    this.#outlet.countSkippedNuls(end - start);
    return end;
  }
}

export function endOfNuls(bytes: Buffer, start: number): number {
  let end = start;
  while (end < bytes.length && bytes[end] === 0) end++;
  return end;
}
