import { Buffer } from 'node:buffer';
import type { Entry } from '../../entry/entry.js';
import { LineBlock } from '../../entry/line-block.js';
import { pushLines } from '../../entry/sink.js';
import type { Chunk, FileProgress } from '../../positions/progress.js';
import { unlessAborted } from '../unless-aborted.js';
import type { ByteSource } from './byte-source.js';
import type { ChunkBuffers } from './chunk-buffers.js';
import type { Encoding } from './encodings.js';
import type { LineOutlet } from './line-outlet.js';
import { endOfNuls, LineSplitter, type Lines } from './line-splitter.js';
import { OffsetGuard } from './offset-guard.js';

/** How a turn ended: there is more; that was all for now; or these are not the bytes that were here before. */
export type TurnEnd = 'more' | 'end' | 'changed';

interface Taken {
  readonly lines: Lines;
  /** To be told their number: until then they are not settled, whatever becomes of them. */
  readonly chunk: Chunk;
}

/**
 * Reads one file line by line from an offset on and hands the lines on, a chunk at a time. A last line without its newline waits: it is
 * kept by its offset only, and read again when there is more.
 */
export class LineReader {
  readonly progress: FileProgress;
  readonly #source: ByteSource;
  readonly #outlet: LineOutlet;
  /** As long as it is not known what it is in this file. */
  #encoding: Encoding | undefined;
  #splitter: LineSplitter;
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
    this.#splitter = new LineSplitter(outlet, undefined);
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
   * Reads up to a buffer full; `isFresh`: it was written just now. The buffers are free again when the promise is fulfilled; not when it is
   * rejected.
   */
  async turn(buffers: ChunkBuffers, isFresh: boolean): Promise<TurnEnd> {
    if (this.#hole > 0) return this.#searchEndOfHole(buffers.buffer);
    if (this.#scanned > 0) return this.#searchLongLine(buffers.buffer);
    const isFirst = this.#guard.length === 0;
    if (isFirst && !(await this.#guard.load(this.#offset))) return 'changed';
    if (this.#encoding !== undefined && !(await this.#chooseDecoder(this.#encoding))) return 'end';
    const back = this.#guard.length;
    const now = isFresh ? this.#readNow(buffers.buffer) : undefined;
    const length = now ?? (await buffers.read(this.#source, this.#readFrom));
    const { buffer } = buffers;
    if (!this.#guard.isStartOf(buffer, length)) return 'changed';
    if (isFirst && (await this.#outlet.isAsItWas?.()) === false) return 'changed';
    const isFull = length === buffer.length;
    const bytes = isFull ? buffer : buffer.subarray(0, length);
    const taken = this.#take(bytes, back);
    if (isFull && this.#partial === length - back) this.#noteLongStart(bytes.subarray(back));
    else if (isFull) buffers.readAhead(this.#source, this.#readFrom);
    await this.#handOn(taken);
    return this.#isMore(length, buffer) ? 'more' : 'end';
  }

  /**
   * As `turn` for what was written just now, but done when it returns, with the lines added to `entries`, for the caller to hand on before
   * anything else is read. Answers how many bytes of the buffer it has filled; undefined: nothing is done, as they fill it whole, or a turn
   * has more to do or to wait for.
   */
  turnNow(buffer: Buffer, entries: Entry[]): number | undefined {
    const back = this.#guard.length;
    if (this.#hole > 0 || this.#scanned > 0 || back === 0 || this.#encoding !== undefined) return undefined;
    const length = this.#readNow(buffer);
    if (length === undefined || length === buffer.length) return undefined;
    if (!this.#guard.isStartOf(buffer, length)) return undefined;
    const { lines, chunk } = this.#take(buffer.subarray(0, length), back);
    const taken = lines instanceof LineBlock ? lines.entries() : lines;
    for (const entry of taken) entries.push(entry);
    this.#count(taken.length, chunk);
    return length;
  }

  /** Settled when whoever was handed the last lines is done with their bytes. */
  get handedOn(): Promise<void> {
    return this.#handedOn;
  }

  /** Whether what lies before the offset is still what was there; `isLocal`: the disk answers at once. */
  async isUnchanged(isLocal: boolean): Promise<boolean> {
    const bytes = Buffer.allocUnsafe(this.#guard.length);
    const now = isLocal ? this.#readNow(bytes) : undefined;
    const length = now ?? (await this.#source.read(bytes, 0, bytes.length, this.#readFrom));
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
      const textStart = this.#splitter.textStart(this.#offset, 0);
      const start = this.#splitter.unitBytes > 1 ? textStart : endOfNuls(bytes, textStart);
      const chunk = this.progress.begin();
      const entries = start < length ? [this.#splitter.entry(bytes, start, length, chunk.ack)] : [];
      this.#partial -= length;
      this.#moveTo(this.#offset + length, bytes, length);
      chunk.reach(this.#offset);
      await this.#handOn({ lines: entries, chunk });
      isFragment ||= entries.length > 0;
    }
    this.forgetUnfinishedLine();
    return isFragment;
  }

  close(): Promise<void> {
    return this.#source.close();
  }

  /** Where a chunk begins: with what guards the offset. */
  get #readFrom(): number {
    return this.#offset - this.#guard.length;
  }

  #readNow(buffer: Buffer): number | undefined {
    return this.#source.readNow?.(buffer, 0, buffer.length, this.#readFrom);
  }

  /** The whole lines behind the `back` bytes before the offset, which moves behind them. */
  #take(bytes: Buffer, back: number): Taken {
    const chunk = this.progress.begin();
    const { lines, end } = this.#splitter.split(bytes, back, this.#offset, chunk.ack);
    this.#partial = bytes.length - end;
    if (end > back) {
      this.#moveTo(this.#offset + end - back, bytes, end);
      chunk.reach(this.#offset);
    }
    return { lines, chunk };
  }

  #count(lines: number, chunk: Chunk): void {
    if (lines > 0) this.#outlet.countLines(lines);
    chunk.count(lines);
  }

  /** A buffer full without a newline: a hole or a long line. */
  #noteLongStart(bytes: Buffer): void {
    const { unitBytes } = this.#splitter;
    if (unitBytes === 1 && endOfNuls(bytes, 0) === bytes.length) this.#hole = bytes.length;
    else this.#scanned = bytes.length - (bytes.length % unitBytes);
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
    const { unitBytes } = this.#splitter;
    const found = this.#splitter.findNewline(bytes);
    if (found >= 0) return this.#takeLongLine(this.#scanned + found, unitBytes);
    this.#scanned += length - (length % unitBytes);
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
    const start = Math.min(lineBytes, this.#splitter.textStart(this.#offset, 0));
    const entry = this.#splitter.entry(bytes, start, lineBytes, chunk.ack);
    this.forgetUnfinishedLine();
    this.#moveTo(this.#offset + length, bytes, length);
    chunk.reach(this.#offset);
    await this.#handOn({ lines: [entry], chunk });
    return 'more';
  }

  /** After a read of `length` bytes: whether another would give something, be it an error. */
  #isMore(length: number, buffer: Buffer): boolean {
    return length === buffer.length || this.#source.error !== undefined;
  }

  /** Some encodings show in a file's first bytes. False: they are not there yet. */
  async #chooseDecoder(encoding: Encoding): Promise<boolean> {
    const head = Buffer.alloc(encoding.headBytes);
    const length = head.length === 0 ? 0 : await this.#source.read(head, 0, head.length, 0);
    this.#source.forget(this.#offset);
    if (length < head.length) return false;
    this.#splitter = new LineSplitter(this.#outlet, encoding.decoderFor(head));
    this.#encoding = undefined;
    return true;
  }

  /** `bytes` end, at `end`, where the new offset is. */
  #moveTo(offset: number, bytes: Buffer, end: number): void {
    this.#offset = offset;
    this.#guard.moveTo(bytes, end);
    this.#source.forget(offset);
  }

  async #handOn({ lines, chunk }: Taken): Promise<void> {
    const { sink } = this.#outlet;
    const isBlock = lines instanceof LineBlock;
    if (!isBlock && lines.length === 0) return this.#count(0, chunk);
    await this.#outlet.beforeHandingOn?.();
    const number = isBlock ? undefined : lines.length;
    const wait = isBlock ? pushLines(sink, lines) : sink.push(lines);
    // Of a block it is mostly known by now.
    this.#count(number ?? lines.length, chunk);
    if (wait === undefined) return;
    this.#handedOn = wait;
    await unlessAborted(wait, this.#outlet.signal);
  }
}
