import type { Logger } from 'pino';
import type { Entry } from '../../entry/entry.js';
import type { FileMetrics, FileNumbers } from '../../metrics/file-metrics.js';
import type { FileMark, FilePosition } from '../../positions/identity-file.js';
import type { PositionStore } from '../../positions/position-store.js';
import { FileProgress } from '../../positions/progress.js';
import { WakeUp } from '../wake-up.js';
import { StreamSource } from './byte-source.js';
import { ChunkBuffers } from './chunk-buffers.js';
import { type CompressionFormat, decompress } from './decompress.js';
import type { DirectoryWatch } from './directory-watch.js';
import type { Encoding } from './encodings.js';
import { lookAt, openForReading } from './family.js';
import {
  type FileIdentity,
  type FileLook,
  hashHead,
  identify,
  isSameInode,
  isSameNumber,
  lookOf,
} from './file-identity.js';
import type { LineOutlet } from './line-outlet.js';
import { LineReader } from './line-reader.js';
import type { PathReader, ReaderState } from './path-reader.js';
import { PathWatch } from './path-watch.js';
import { type PollOptions, PollPace } from './poll-pace.js';
import type { ReadBuffers } from './read-buffers.js';
import { withoutReturn } from './without-return.js';

/** The option `decompression`. */
export interface Decompression {
  readonly format: CompressionFormat;
  /** Wait before a file is opened: it may still be written. */
  readonly initialDelayMs: number;
}

export interface CompressedReaderOptions extends PollOptions {
  readonly path: string;
  readonly reader: string;
  readonly decompression: Decompression;
  /** What is known of the file from its time under another name. */
  readonly inherited: FileMark | undefined;
  readonly encoding: Encoding | undefined;
  readonly outlet: Omit<LineOutlet, 'signal'>;
}

export interface CompressedReaderDeps {
  readonly positions: PositionStore;
  readonly watch: DirectoryWatch;
  readonly buffers: ReadBuffers;
  readonly metrics: FileMetrics;
  readonly log: Logger;
}

/**
 * Reads a compressed file from start to end, and again when it has changed: what was appended is found behind the lines that were sent
 * already. Its position is a number of lines, as Promtail's.
 */
export class CompressedReader implements PathReader {
  readonly #options: CompressedReaderOptions;
  readonly #deps: CompressedReaderDeps;
  readonly #abort = new AbortController();
  readonly #wake = new WakeUp();
  readonly #pace: PollPace;
  #watch: PathWatch | undefined;
  #loop: Promise<void> = Promise.resolve();
  #closeTracked: (() => void) | undefined;
  #identity: FileIdentity | undefined;
  #look: FileLook | undefined;
  #progress = new FileProgress(0);
  /** Lines of the current pass that were sent by an earlier one. */
  #toSkip = 0;
  #state: ReaderState['state'] = 'starting';
  #lastError: string | undefined;

  constructor(options: CompressedReaderOptions, deps: CompressedReaderDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#pace = new PollPace(options);
  }

  async start(): Promise<void> {
    const { path, reader } = this.#options;
    const { positions, watch } = this.#deps;
    const stored = positions.filePosition(path, reader);
    const current = () => this.#progress;
    const tracked = positions.track(path, reader, {
      position: () => this.#position(),
      get isSettled() {
        return current().isSettled;
      },
    });
    this.#closeTracked = () => tracked.close();
    this.#watch = new PathWatch(path, watch, () => {
      this.#pace.told();
      this.#wake.call();
    });
    this.#loop = this.#run(stored);
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    this.#watch?.close();
    await this.#loop;
    this.#closeTracked?.();
  }

  get isOver(): boolean {
    return this.#state === 'gone';
  }

  get state(): ReaderState {
    return {
      path: this.#options.path,
      state: this.#state,
      offset: this.#progress.readTo,
      acknowledged: this.#progress.settledTo,
      size: this.#look?.size ?? 0,
      lagBytes: 0,
      backlogFiles: 0,
      lastError: this.#lastError,
    };
  }

  get numbers(): FileNumbers {
    return { path: this.#options.path, fileBytes: this.#look?.size, readBytes: this.#progress.readTo };
  }

  async #run(stored: FilePosition | undefined): Promise<void> {
    const { signal } = this.#abort;
    let begun = stored;
    while (!signal.aborted) {
      try {
        const look = await lookAt(this.#options.path);
        if (look === undefined) this.#state = 'gone';
        else if (this.#hasChanged(look)) {
          await this.#delay();
          await this.#pass(begun);
          begun = undefined;
        }
      } catch (error) {
        if (signal.aborted) return;
        this.#note(error);
      }
      const waitMs = this.#pace.nextMs(this.#watch!.isWatching, Date.now());
      await this.#wake.sleep(waitMs, signal);
    }
  }

  #hasChanged(look: FileLook): boolean {
    const before = this.#look;
    if (before === undefined) return true;
    return !isSameInode(before, look) || before.size !== look.size || before.modifiedMs !== look.modifiedMs;
  }

  async #delay(): Promise<void> {
    const until = Date.now() + this.#options.decompression.initialDelayMs;
    const { signal } = this.#abort;
    while (Date.now() < until && !signal.aborted) await this.#wake.sleep(until - Date.now(), signal);
    signal.throwIfAborted();
  }

  /** Once through the file. `stored` is only for the first time. */
  async #pass(stored: FilePosition | undefined): Promise<void> {
    const { path, decompression, encoding, outlet } = this.#options;
    const file = await openForReading(path);
    const buffer = await this.#deps.buffers.take(this.#abort.signal);
    const chunks = new ChunkBuffers(buffer);
    try {
      const look = lookOf(await file.stat({ bigint: true }));
      const lines = await this.#linesSent(stored, (bytes) => hashHead(file, bytes), look);
      this.#look = look;
      this.#identity = await identify(file, look);
      if (lines === 0 || stored !== undefined) this.#progress = new FileProgress(lines);
      this.#toSkip = lines;
      this.#state = 'reading';
      const sink = { push: (entries: Entry[]) => this.#handOn(entries) };
      const source = new StreamSource(decompress(file, decompression.format));

      const lineOutlet = { ...outlet, sink, signal: this.#abort.signal, countLines: () => {} };
      const reader = new LineReader(source, 0, new FileProgress(0), lineOutlet, encoding);
      try {
        while ((await reader.turn(chunks, false)) === 'more');
        await reader.finish();
      } finally {
        await reader.close();
      }
      this.#state = 'waiting';
      this.#lastError = undefined;
    } finally {
      if (!this.#abort.signal.aborted) this.#deps.buffers.give(buffer);
      await file.close();
    }
  }

  /** How many of the file's lines need not be sent again. */
  async #linesSent(
    stored: FilePosition | undefined,
    hash: (bytes: number) => Promise<string | undefined>,
    look: FileLook,
  ): Promise<number> {
    const isSame = async (known: FileIdentity) =>
      isSameNumber(known, look) && (await hash(known.headBytes)) === known.headHash;
    if (this.#identity !== undefined) return (await isSame(this.#identity)) ? this.#progress.readTo : 0;
    const mark = stored?.files.at(-1);
    if (mark !== undefined && (await isSame(mark))) return mark.offset;
    if (this.#options.inherited !== undefined) return this.#options.inherited.offset;
    return mark === undefined && /^\d+$/.test(stored?.value ?? '') ? Number(stored!.value) : 0;
  }

  #handOn(entries: Entry[]): Promise<void> | undefined {
    const skipped = entries.slice(0, this.#toSkip);
    this.#toSkip -= skipped.length;
    const fresh = entries.slice(skipped.length);
    if (fresh.length === 0) return undefined;
    const chunk = this.#progress.begin();
    for (const entry of fresh) {
      entry.line = withoutReturn(entry.line);
      entry.ack = chunk.ack;
    }
    chunk.close(this.#progress.readTo + fresh.length, fresh.length);
    this.#options.outlet.countLines(fresh.length);
    return this.#options.outlet.sink.push(fresh);
  }

  #position(): FilePosition | undefined {
    if (this.#identity === undefined || this.#look === undefined) return undefined;
    const { path } = this.#options;
    const { size, modifiedMs } = this.#look;
    const offset = this.#progress.settledTo;
    return { value: String(offset), files: [{ path, ...this.#identity, offset, size, modifiedMs }] };
  }

  #note(error: unknown): void {
    const { metrics, log } = this.#deps;
    const { code = 'unknown', message } = error as NodeJS.ErrnoException;
    metrics.errors.inc({ code: String(code) });
    if (this.#lastError !== message) {
      const { path, decompression } = this.#options;
      const lines = this.#progress.readTo;
      log.error(
        { path, format: decompression.format, lines, err: error },
        'cannot decompress the file to its end; trying again when it changes',
      );
    }
    this.#lastError = message;
    this.#state = 'failing';
  }
}
