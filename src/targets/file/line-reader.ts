import { Buffer } from 'node:buffer';
import type { Ack } from '../../entry/ack.js';
import { Entry } from '../../entry/entry.js';
import { Line } from '../../entry/line.js';
import { LineBlock } from '../../entry/line-block.js';
import { pushLines } from '../../entry/sink.js';
import type { Chunk, FileProgress } from '../../positions/progress.js';
import { unlessAborted } from '../unless-aborted.js';
import type { ByteSource } from './byte-source.js';
import type { Encoding, LineDecoder } from './encodings.js';
import type { LineOutlet } from './line-outlet.js';
import { OffsetGuard } from './offset-guard.js';

/** How a turn ended: there is more; that was all for now; or these are not the bytes that were here before. */
export type TurnEnd = 'more' | 'end' | 'changed';

/** Nothing is made yet of lines that need no decoding. */
type Lines = LineBlock | Entry[];

interface Taken {
  readonly lines: Lines;
  /** Called once their number is known: until then they are not settled, whatever becomes of them. */
  count(lines: number): void;
}

/** A run of NULs at the start of a file is a hole; elsewhere a line may begin with a few. */
const minHoleBytes = 64;
const newline = 0x0a;

/**
 * Reads one file line by line from an offset on and hands the lines on, a chunk at a time. A last line without its newline waits: it is
 * kept by its offset only, and read again when there is more.
 */
export class LineReader {
  readonly progress: FileProgress;
  readonly #source: ByteSource;
  readonly #outlet: LineOutlet;
  readonly #encoding: Encoding | undefined;
  #decoder: LineDecoder | undefined;
  #offset: number;
  readonly #guard: OffsetGuard;
  /** Bytes from the offset on that hold no newline, when they are more than a buffer holds. */
  #scanned = 0;
  /** NUL bytes from the offset on, when they are more than a buffer holds. */
  #hole = 0;
  /** Bytes after the last newline at the last turn. */
  #partial = 0;
  #handedOn: Promise<void> = Promise.resolve();

  /** `progress` ends at `offset`; lines before it may still be on their way. */
  constructor(
    source: ByteSource,
    offset: number,
    progress: FileProgress,
    outlet: LineOutlet,
    encoding: Encoding | undefined,
  ) {
    this.#source = source;
    this.#offset = offset;
    this.progress = progress;
    this.#outlet = outlet;
    this.#encoding = encoding;
    this.#guard = new OffsetGuard(source);
  }

  /** Where the next line begins. */
  get offset(): number {
    return this.#offset;
  }

  /** How far the file was looked at: the offset and the unfinished line. */
  get seenTo(): number {
    return this.#offset + this.#partial;
  }

  /**
   * Reads up to a buffer full; `isFresh`: it was written just now. The buffer is free again when the promise is fulfilled; not when it is
   * rejected.
   */
  async turn(buffer: Buffer, isFresh: boolean): Promise<TurnEnd> {
    if (this.#hole > 0) return this.#searchEndOfHole(buffer);
    if (this.#scanned > 0) return this.#searchLongLine(buffer);
    const isFirst = this.#guard.length === 0;
    if (isFirst && !(await this.#guard.load(this.#offset))) return 'changed';
    if (this.#decoder === undefined && !(await this.#chooseDecoder())) return 'end';
    const back = this.#guard.length;
    const now = isFresh ? this.#source.readNow?.(buffer, 0, buffer.length, this.#offset - back) : undefined;
    const length = now ?? (await this.#source.read(buffer, 0, buffer.length, this.#offset - back));
    if (!this.#guard.isStartOf(buffer, length)) return 'changed';
    if (isFirst && (await this.#outlet.isAsItWas?.()) === false) return 'changed';
    const isFull = length === buffer.length;
    const bytes = isFull ? buffer : buffer.subarray(0, length);
    const taken = this.#take(bytes, back);
    if (isFull && this.#partial === length - back) this.#noteLongStart(bytes.subarray(back));
    await this.#handOn(taken);
    return this.#isMore(length, buffer) ? 'more' : 'end';
  }

  /**
   * As `turn` for what was written just now, but done when it returns, with the lines added to `entries`, for the caller to hand on before
   * anything else is read. Answers how many bytes of the buffer it has filled; undefined: nothing is done, as a turn has more to do or to wait
   * for. A buffer that is filled whole may not be all.
   */
  turnNow(buffer: Buffer, entries: Entry[]): number | undefined {
    const back = this.#guard.length;
    const mustWait = this.#hole > 0 || this.#scanned > 0 || back === 0;
    if (mustWait || (this.#encoding !== undefined && this.#decoder === undefined)) return undefined;
    const length = this.#source.readNow?.(buffer, 0, buffer.length, this.#offset - back);
    if (length === undefined || !this.#guard.isStartOf(buffer, length)) return undefined;
    const bytes = length === buffer.length ? buffer : buffer.subarray(0, length);
    const { lines, count } = this.#take(bytes, back);
    const taken = lines instanceof LineBlock ? lines.entries() : lines;
    for (const entry of taken) entries.push(entry);
    count(taken.length);
    return length;
  }

  /** Settled when whoever was handed the last lines is done with their bytes. */
  get handedOn(): Promise<void> {
    return this.#handedOn;
  }

  /** Whether what lies before the offset is still what was there; `isLocal`: the disk answers at once. */
  async isUnchanged(isLocal: boolean): Promise<boolean> {
    const bytes = Buffer.allocUnsafe(this.#guard.length);
    const at = this.#offset - bytes.length;
    const now = isLocal ? this.#source.readNow?.(bytes, 0, bytes.length, at) : undefined;
    const length = now ?? (await this.#source.read(bytes, 0, bytes.length, at));
    return this.#guard.isStartOf(bytes, length);
  }

  /** The file has shrunk behind the offset, in its unfinished line: that is read again from its start. */
  forgetUnfinishedLine(): void {
    this.#partial = 0;
    this.#scanned = 0;
    this.#hole = 0;
  }

  /** Sends what is left as a line of its own: the file is finished, and no newline will come. True if there was something. */
  async finish(): Promise<boolean> {
    let isFragment = false;
    while (this.#partial > 0) {
      const rest = Buffer.allocUnsafe(Math.min(this.#partial, this.#outlet.maxLineBytes));
      const length = await this.#source.read(rest, 0, rest.length, this.#offset);
      if (length === 0) break;
      const bytes = rest.subarray(0, length);
      const start = this.#unitBytes > 1 ? this.#firstByte(0) : endOfNuls(bytes, this.#firstByte(0));
      const chunk = this.progress.begin();
      const entries = start < length ? [this.#entry(bytes, start, length, chunk.ack)] : [];
      this.#partial -= length;
      this.#moveTo(this.#offset + length, bytes, length);
      chunk.reach(this.#offset);
      await this.#handOn({ lines: entries, count: (count) => this.#count(chunk, count) });
      isFragment ||= entries.length > 0;
    }
    this.forgetUnfinishedLine();
    return isFragment;
  }

  close(): Promise<void> {
    return this.#source.close();
  }

  /** The whole lines behind the `back` bytes before the offset, which moves behind them. */
  #take(bytes: Buffer, back: number): Taken {
    const chunk = this.progress.begin();
    const { lines, end } = this.#split(bytes, back, chunk.ack);
    this.#partial = bytes.length - end;
    if (end > back) {
      this.#moveTo(this.#offset + end - back, bytes, end);
      chunk.reach(this.#offset);
    }
    return { lines, count: (count) => this.#count(chunk, count) };
  }

  #count(chunk: Chunk, lines: number): void {
    if (lines > 0) this.#outlet.countLines(lines);
    chunk.count(lines);
  }

  /** The whole lines from `from` on, and where the unfinished one begins. */
  #split(bytes: Buffer, from: number, ack: Ack): { lines: Lines; end: number } {
    if (this.#decoder !== undefined) return this.#splitDecoded(bytes, from, this.#decoder, ack);
    const { labels, clock, now } = this.#outlet;
    const end = bytes.lastIndexOf(newline) + 1;
    if (end <= from) return { lines: [], end: this.#endOfHole(bytes, from) };
    const isFileStart = this.#offset === 0;
    const skipHole = (start: number) => this.#endOfHole(bytes, start, isFileStart && start === 0);
    const lines = new LineBlock(bytes, from, end, { labels, clock, nowMs: now(), ack, skipHole });
    return { lines, end: this.#endOfHole(bytes, end) };
  }

  #splitDecoded(
    bytes: Buffer,
    from: number,
    decoder: LineDecoder,
    ack: Ack,
  ): { lines: Entry[]; end: number } {
    const lines: Entry[] = [];
    let start = Math.min(bytes.length, this.#firstByte(from));
    for (;;) {
      start = this.#endOfHole(bytes, start);
      const end = decoder.findNewline(bytes, start);
      if (end < 0) return { lines, end: start };
      lines.push(this.#entry(bytes, start, end, ack));
      start = end + decoder.unitBytes;
    }
  }

  #entry(bytes: Buffer, start: number, end: number, ack: Ack): Entry {
    const { labels, clock, now } = this.#outlet;
    clock.tick(now());
    const decoder = this.#decoder;
    const line =
      decoder === undefined
        ? Line.ofBytes(bytes, start, end)
        : Line.ofText(decoder.decode(bytes, start, end));
    return new Entry(labels, clock.seconds, clock.nanos, line, ack);
  }

  /** Where text begins in bytes that were read from the offset on: behind a byte order mark, if this is the file's start. */
  #firstByte(from: number): number {
    return this.#offset === 0 ? from + (this.#decoder?.markBytes ?? 0) : from;
  }

  /**
   * Skips a hole: what a writer leaves that goes on at its old offset after its file was cut. NULs at the end of the file stay, as
   * something may yet be written there.
   */
  #endOfHole(
    bytes: Buffer,
    start: number,
    isFileStart = this.#offset === 0 && start === this.#firstByte(0),
  ): number {
    if (bytes[start] !== 0 || this.#unitBytes > 1) return start;
    const end = endOfNuls(bytes, start);
    if (end === bytes.length || (!isFileStart && end - start < minHoleBytes)) return start;
    this.#outlet.countSkippedNuls(end - start);
    return end;
  }

  /** A buffer full without a newline: a hole or a long line. */
  #noteLongStart(bytes: Buffer): void {
    if (this.#unitBytes === 1 && endOfNuls(bytes, 0) === bytes.length) this.#hole = bytes.length;
    else this.#scanned = bytes.length - (bytes.length % this.#unitBytes);
  }

  async #searchEndOfHole(buffer: Buffer): Promise<TurnEnd> {
    const length = await this.#source.read(buffer, 0, buffer.length, this.#offset + this.#hole);
    const bytes = buffer.subarray(0, length);
    const end = endOfNuls(bytes, 0);
    if (end < length) {
      const chunk = this.progress.begin();
      this.#outlet.countSkippedNuls(this.#hole + end);
      this.#moveTo(this.#offset + this.#hole + end, bytes, end);
      chunk.close(this.#offset, 0);
      this.forgetUnfinishedLine();
      return 'more';
    }
    this.#hole += length;
    this.#partial = this.#hole;
    if (this.#isMore(length, buffer)) return 'more';
    // The next turn starts over, in case that something is written into the hole.
    this.#hole = 0;
    return 'end';
  }

  async #searchLongLine(buffer: Buffer): Promise<TurnEnd> {
    const length = await this.#source.read(buffer, 0, buffer.length, this.#offset + this.#scanned);
    const bytes = buffer.subarray(0, length);
    const found = this.#decoder === undefined ? bytes.indexOf(newline) : this.#decoder.findNewline(bytes, 0);
    if (found >= 0) {
      return this.#takeLongLine(this.#scanned + found, this.#unitBytes);
    }
    this.#scanned += length - (length % this.#unitBytes);
    this.#partial = this.#scanned;
    if (this.#scanned >= this.#outlet.maxLineBytes) {
      this.#outlet.countCutLine();
      return this.#takeLongLine(this.#outlet.maxLineBytes, 0);
    }
    return this.#isMore(length, buffer) ? 'more' : 'end';
  }

  /** A line beyond a buffer gets memory of its own, for as long as it is handed on. */
  async #takeLongLine(lineBytes: number, newlineBytes: number): Promise<TurnEnd> {
    const bytes = Buffer.allocUnsafeSlow(lineBytes + newlineBytes);
    const length = await this.#source.read(bytes, 0, bytes.length, this.#offset);
    if (length < bytes.length) return 'changed';
    const chunk = this.progress.begin();
    const entry = this.#entry(bytes, Math.min(lineBytes, this.#firstByte(0)), lineBytes, chunk.ack);
    this.forgetUnfinishedLine();
    this.#moveTo(this.#offset + length, bytes, length);
    chunk.reach(this.#offset);
    await this.#handOn({ lines: [entry], count: (count) => this.#count(chunk, count) });
    return 'more';
  }

  /** After a read of `length` bytes: whether another would give something, be it an error. */
  #isMore(length: number, buffer: Buffer): boolean {
    return length === buffer.length || this.#source.error !== undefined;
  }

  get #unitBytes(): number {
    return this.#decoder?.unitBytes ?? 1;
  }

  /** Some encodings show in a file's first bytes. False: they are not there yet. */
  async #chooseDecoder(): Promise<boolean> {
    if (this.#encoding === undefined) return true;
    const head = Buffer.alloc(this.#encoding.headBytes);
    const length = head.length === 0 ? 0 : await this.#source.read(head, 0, head.length, 0);
    this.#source.forget(this.#offset);
    if (length === head.length) this.#decoder = this.#encoding.decoderFor(head);
    return length === head.length;
  }

  /** `bytes` end, at `end`, where the new offset is. */
  #moveTo(offset: number, bytes: Buffer, end: number): void {
    this.#offset = offset;
    this.#guard.moveTo(bytes, end);
    this.#source.forget(offset);
  }

  async #handOn({ lines, count }: Taken): Promise<void> {
    const { sink } = this.#outlet;
    const isBlock = lines instanceof LineBlock;
    if (!isBlock && lines.length === 0) return count(0);
    await this.#outlet.beforeHandingOn?.();
    const number = isBlock ? undefined : lines.length;
    const wait = isBlock ? pushLines(sink, lines) : sink.push(lines);
    // Of a block it is mostly known by now.
    count(number ?? lines.length);
    if (wait === undefined) return;
    this.#handedOn = wait;
    await unlessAborted(wait, this.#outlet.signal);
  }
}

function endOfNuls(bytes: Buffer, start: number): number {
  let end = start;
  while (end < bytes.length && bytes[end] === 0) end++;
  return end;
}
