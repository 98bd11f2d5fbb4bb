import { Buffer } from 'node:buffer';
import { fstatSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';

import type { FileMark } from '../../positions/identity-file.js';
import { FileProgress } from '../../positions/progress.js';
import { type ByteSource, PlainSource, StreamSource } from './byte-source.js';
import { decompress } from './decompress.js';
import type { Encoding } from './encodings.js';
import { hashCompressedHead, openForReading } from './family.js';
import {
  type FileIdentity,
  type FileLook,
  hashHead,
  identify,
  isSameNumber,
  lookOf,
  maxHeadBytes,
} from './file-identity.js';
import type { Gap } from './gap.js';
import type { LineOutlet } from './line-outlet.js';
import { LineReader } from './line-reader.js';

/** To be read; read, but perhaps still written by somebody; finished. */
export type SegmentState = 'reading' | 'late' | 'done';

/**
 * One of the files that a path stands for, or has stood for. It is held open from when it was found, as rotation may rename and delete it:
 * its bytes stay.
 */
export class Segment {
  /** Where it was last seen. */
  path: string;
  state: SegmentState = 'reading';
  /** It was read to its end after it was known to be rotated. */
  isDrained = false;
  /** Its writer is known to have closed it before it was renamed. */
  isFinal = false;
  lateUntilMs = 0;
  /** Its disk answers at once. */
  isLocal = false;
  /** What was lost just before this file; told before its first line. */
  gap: Gap | undefined;
  readonly isCompressed: boolean;
  readonly #file: FileHandle;
  #look: FileLook;
  #contentBytes: number;
  /** What it looked like when its content was last known to be what it was: it may have been cut since. */
  #lookWhenRead: FileLook;
  /** How large it was when it was seen to be smaller the next time. */
  #sizeBeforeCut: number | undefined;
  #identity: FileIdentity;
  #startOffset = 0;
  #progress = new FileProgress(0);
  #reader: LineReader | undefined;
  #isOpen = true;

  private constructor(
    path: string,
    isCompressed: boolean,
    file: FileHandle,
    look: FileLook,
    found: FoundContent,
  ) {
    this.path = path;
    this.isCompressed = isCompressed;
    this.#file = file;
    this.#look = look;
    this.#lookWhenRead = look;
    this.#identity = found.identity;
    this.#contentBytes = found.bytes;
  }

  /** Opens what is at `path` now. */
  static async open(path: string, isCompressed = false): Promise<Segment> {
    const file = await openForReading(path);
    try {
      const stats = await file.stat({ bigint: true });
      if (!stats.isFile())
        throw Object.assign(new Error(`${path} is not a regular file`), { code: 'ENOTFILE' });
      const look = lookOf(stats);
      const found = isCompressed
        ? await lookInside(file, look)
        : { identity: await identify(file, look), bytes: look.size };
      return new Segment(path, isCompressed, file, look, found);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  get look(): FileLook {
    return this.#look;
  }

  get identity(): FileIdentity {
    return this.#identity;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Size of what there is to read, as last looked at. */
  get contentBytes(): number {
    return this.#contentBytes;
  }

  /** Where the next line begins. */
  get offset(): number {
    return this.#reader?.offset ?? this.#startOffset;
  }

  /** How far the file was looked at: beyond the offset there may be an unfinished line. */
  get seenTo(): number {
    return this.#reader?.seenTo ?? this.#startOffset;
  }

  /** How much of it is settled, and what is on its way. */
  get progress(): FileProgress {
    return this.#progress;
  }

  /** What comes before was read already; some of it may still be on its way. Only before the first turn. */
  startAt(offset: number, progress = new FileProgress(offset)): void {
    this.#startOffset = offset;
    this.#progress = progress;
  }

  /**
   * The content was cut or written anew in place: it is another file now, to be read from its start. Answers how much was there, as far as
   * that was seen.
   */
  async startOver(): Promise<number> {
    this.#reader = undefined;
    this.startAt(0);
    await this.refresh();
    this.#lookWhenRead = this.#look;
    this.#identity = await this.#identify();
    const size = this.#sizeBeforeCut ?? 0;
    this.#sizeBeforeCut = undefined;
    return size;
  }

  reader(outlet: LineOutlet, encoding: Encoding | undefined): LineReader {
    if (this.#reader !== undefined) return this.#reader;
    const source = this.#openSource();
    // What is settled is to be known by more than its place: numbers of inodes come back.
    const known = {
      ...outlet,
      beforeHandingOn: () => this.growHead(),
      isAsItWas: () => this.isAsItWas(),
    };
    this.#reader = new LineReader(source, this.#startOffset, this.#progress, known, encoding);
    return this.#reader;
  }

  /** Looks at the open file again, whatever its name is by now. */
  async refresh(): Promise<void> {
    if (!this.#isOpen || this.isCompressed) return;
    const stats = this.isLocal
      ? fstatSync(this.#file.fd, { bigint: true })
      : await this.#file.stat({ bigint: true });
    this.see(lookOf(stats));
  }

  /** This is what it looks like now. */
  see(look: FileLook): void {
    if (look.size < this.#look.size) this.#sizeBeforeCut ??= this.#look.size;
    this.#look = look;
    this.#contentBytes = look.size;
    if (this.#look.size < this.seenTo) this.#reader?.forgetUnfinishedLine();
  }

  /** When it looked so, its content was still what it was. */
  wasRead(look: FileLook): void {
    this.#lookWhenRead = look;
  }

  /** Whether it still begins as it did: it was not cut. */
  async isAsItWas(): Promise<boolean> {
    return !this.#isOpen || this.isCompressed || (await this.hasHead(this.#identity));
  }

  /** Whether it is the file that `mark` tells of, wherever that was. */
  async isFileOf(mark: FileMark): Promise<boolean> {
    if (this.#look.size < mark.offset) return false;
    // A restored or moved log folder: other inodes, the same files.
    if (!isSameNumber(mark, this.#look) && mark.headBytes < maxHeadBytes) return false;
    return this.hasHead(mark);
  }

  async hasHead({ headBytes, headHash }: { headBytes: number; headHash: string }): Promise<boolean> {
    return (await hashHead(this.#file, headBytes, this.isLocal)) === headHash;
  }

  /** Whether a line ends just before `offset`, in whatever encoding: if not, nobody has read up to there. */
  async endsLineAt(offset: number): Promise<boolean> {
    if (offset === 0) return true;
    if (offset > this.#contentBytes) return false;
    const end = Buffer.alloc(Math.min(2, offset));
    const source = this.#openSource();
    await source.read(end, 0, end.length, offset - end.length).finally(() => source.close());
    return end.includes(0x0a);
  }

  /** Whether the file, if it is this long, has no more of a head than is known. */
  knowsHead(size = maxHeadBytes): boolean {
    return this.#identity.headBytes >= Math.min(maxHeadBytes, size);
  }

  /** The more of a head there is, the better it tells the file from others. */
  async growHead(): Promise<void> {
    if (!this.#isOpen || this.isCompressed || this.knowsHead()) return;
    await this.refresh();
    if (this.#look.size <= this.#identity.headBytes) return;
    const identity = await this.#identify();
    // If it was cut in this moment, this is the head of what came after.
    const isUnchanged = (await this.isAsItWas()) && ((await this.#reader?.isUnchanged(this.isLocal)) ?? true);
    if (isUnchanged) this.#identity = identity;
  }

  #identify(): Promise<FileIdentity> {
    return identify(this.#file, this.#look, this.isLocal);
  }

  mark(): FileMark {
    const { dev, ino, headBytes, headHash } = this.#identity;
    const { bornMs } = this.#look;
    const { modifiedMs } = this.#lookWhenRead;
    return {
      path: this.path,
      dev,
      ino,
      bornMs,
      headBytes,
      headHash,
      offset: this.#progress.settledTo,
      size: this.#sizeBeforeCut ?? this.#contentBytes,
      modifiedMs,
    };
  }

  #openSource(): ByteSource {
    return this.isCompressed ? new StreamSource(decompress(this.#file, 'gz')) : new PlainSource(this.#file);
  }

  /** Gives the file up. What is settled of it is still known, for as long as rotation may keep the file: so it holds on to little. */
  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    const reader = this.#reader;
    this.#startOffset = this.offset;
    this.#reader = undefined;
    await reader?.close();
    await this.#file.close();
  }
}

interface FoundContent {
  readonly identity: FileIdentity;
  readonly bytes: number;
}

/** Identity and size of what was compressed. */
async function lookInside(file: FileHandle, look: FileLook): Promise<FoundContent> {
  // gzip ends with the size of the content (of its last member, modulo 4 GiB; this is only told, never relied upon).
  const end = Buffer.alloc(4);
  await file.read(end, 0, 4, Math.max(0, look.size - 4));
  const bytes = end.readUInt32LE(0);
  const headBytes = Math.min(maxHeadBytes, bytes);
  const headHash = (await hashCompressedHead(file, headBytes)) ?? '';
  return { identity: { dev: look.dev, ino: look.ino, bornMs: look.bornMs, headBytes, headHash }, bytes };
}
