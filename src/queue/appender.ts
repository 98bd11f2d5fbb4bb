import type { Buffer } from 'node:buffer';
import type { FileHandle } from 'node:fs/promises';
import type { Segment, Segments } from './segments.js';

export interface AppenderDeps {
  readonly segments: Segments;
  /** A segment that has grown to this is followed by another. */
  readonly segmentBytes: number;
  readonly now: () => number;
  /** More can be read. */
  onAppended(): void;
  onError(error: Error): void;
}

interface Waiting {
  readonly frames: readonly Buffer[];
  readonly done: (isDurable: boolean) => void;
}

/**
 * Writes frames to the last segment and syncs them. Those that come while others are being synced share the next sync, so that many
 * senders at once cost little more than one.
 */
export class Appender {
  readonly #deps: AppenderDeps;
  #waiting: Waiting[] = [];
  /** Bytes that are not on the disk yet. */
  #waitingBytes = 0;
  #committing: Promise<void> | undefined;
  #segment: Segment | undefined;
  #file: FileHandle | undefined;

  constructor(deps: AppenderDeps) {
    this.#deps = deps;
  }

  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** The segment that may still grow. */
  get segment(): Segment | undefined {
    return this.#segment;
  }

  /** Resolves to true once the frames survive a loss of power, to false when they could not be written. */
  append(frames: readonly Buffer[]): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.#waiting.push({ frames, done: resolve });
    this.#waitingBytes += bytesOf(frames);
    this.#committing ??= this.#commitAll();
    return promise;
  }

  /** What comes next goes to a new segment. */
  async seal(): Promise<void> {
    await this.#committing;
    await this.#leaveSegment();
  }

  async #commitAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      const isDurable = await this.#commit(batch.flatMap(({ frames }) => frames));
      for (const { frames, done } of batch) {
        this.#waitingBytes -= bytesOf(frames);
        done(isDurable);
      }
    }
    this.#committing = undefined;
  }

  async #commit(frames: readonly Buffer[]): Promise<boolean> {
    const { segmentBytes, now, onAppended, onError } = this.#deps;
    try {
      if (this.#segment !== undefined && this.#segment.end >= segmentBytes) await this.#leaveSegment();
      const { segment, file } = await this.#currentSegment();
      await writeAll(file, frames, segment.end);
      await file.datasync();
      segment.end += bytesOf(frames);
      segment.changedAtMs = now();
      onAppended();
      return true;
    } catch (error) {
      onError(error as Error);
      await this.#giveUpSegment().catch(() => {});
      return false;
    }
  }

  /** After a failed write or sync nothing is known of what lies past the end: the next attempt is for another file. */
  async #giveUpSegment(): Promise<void> {
    const segment = this.#segment;
    const file = this.#file;
    await file?.truncate(segment!.end).catch(() => {});
    await this.#leaveSegment();
    if (segment?.end === 0) await this.#deps.segments.remove(segment);
  }

  async #currentSegment(): Promise<{ segment: Segment; file: FileHandle }> {
    if (this.#segment === undefined || this.#file === undefined) {
      const { segment, file } = await this.#deps.segments.create(this.#deps.now());
      this.#segment = segment;
      this.#file = file;
    }
    return { segment: this.#segment, file: this.#file };
  }

  async #leaveSegment(): Promise<void> {
    const file = this.#file;
    this.#segment = undefined;
    this.#file = undefined;
    await file?.close();
  }
}

async function writeAll(file: FileHandle, frames: readonly Buffer[], start: number): Promise<void> {
  let at = start;
  // As many as one system call takes.
  for (let i = 0; i < frames.length; i += 1024) {
    const some = frames.slice(i, i + 1024);
    const { bytesWritten } = await file.writev(some, at);
    if (bytesWritten !== bytesOf(some)) throw new Error('the disk took only a part');
    at += bytesWritten;
  }
}

function bytesOf(frames: readonly Buffer[]): number {
  return frames.reduce((sum, frame) => sum + frame.length, 0);
}
