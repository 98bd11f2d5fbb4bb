import type { Entry } from '../../entry/entry.js';
import type { Sink } from '../../entry/sink.js';
import type { ReadBuffers } from './read-buffers.js';

/** A file that may have been written to just now. */
export interface FreshFile {
  /**
   * Reads what was written into `buffer`, at once, and adds its lines to `entries`. Answers how many bytes of `buffer` they are in; undefined:
   * nothing is done, as it fills the buffer, or there is more to do than this.
   */
  takeFresh(buffer: Buffer, entries: Entry[]): number | undefined;
  /** To be read in turns of its own. */
  readOn(): void;
  /** What was taken could not be handed on. */
  failed(error: unknown): void;
}

/** What is written after a turn waits for so long, and shares the next one. */
const gatherMs = 50;
/** A file with more than this is read in turns of its own: then its lines may be packed, and waking a reader is little beside them. */
const mostBytes = 32 * 1024;

/**
 * Reads the files of a job that get a few lines now and then: all that were written to within a moment in one go, on one buffer and in one
 * push. With a line a second in each of 1,000 files, waking a reader for each line cost 270 µs a line, which is more than its pipeline.
 */
export class FreshTurns {
  readonly #sink: Sink;
  readonly #buffers: ReadBuffers;
  readonly #due = new Set<FreshFile>();
  #isRunning = false;
  #lastMs = Number.NEGATIVE_INFINITY;

  constructor(sink: Sink, buffers: ReadBuffers) {
    this.#sink = sink;
    this.#buffers = buffers;
  }

  /** Something was written to `file`. */
  add(file: FreshFile): void {
    this.#due.add(file);
    if (this.#isRunning) return;
    this.#isRunning = true;
    void this.#run();
  }

  /** Whether its turn is still to come. */
  isDue(file: FreshFile): boolean {
    return this.#due.has(file);
  }

  async #run(): Promise<void> {
    while (this.#due.size > 0) {
      await this.#untilNextTurn();
      const buffer = await this.#buffers.take();
      await this.#takeTurn(buffer);
      this.#buffers.give(buffer);
    }
    this.#isRunning = false;
  }

  /** The first one after a while begins at once. */
  #untilNextTurn(): Promise<void> {
    const waitMs = Math.ceil(this.#lastMs + gatherMs - performance.now());
    const { promise, resolve } = Promise.withResolvers<void>();
    // Not before all that has happened by now is told.
    if (waitMs <= 0) setImmediate(resolve);
    else setTimeout(resolve, waitMs).unref();
    return promise;
  }

  async #takeTurn(buffer: Buffer): Promise<void> {
    this.#lastMs = performance.now();
    const files = [...this.#due];
    this.#due.clear();
    for (let next = 0; next < files.length; ) {
      const entries: Entry[] = [];
      const taken: FreshFile[] = [];
      let used = 0;
      while (next < files.length && buffer.length - used >= mostBytes) {
        const file = files[next++]!;
        const bytes = takeFrom(file, buffer.subarray(used, used + mostBytes), entries);
        if (bytes === undefined) {
          file.readOn();
          continue;
        }
        taken.push(file);
        used += bytes;
      }
      await this.#handOn(entries, taken);
    }
  }

  async #handOn(entries: Entry[], files: readonly FreshFile[]): Promise<void> {
    if (entries.length === 0) return;
    try {
      await this.#sink.push(entries);
    } catch (error) {
      for (const file of files) file.failed(error);
    }
  }
}

/** What goes wrong in reading is met again, and told, by the file's own turn. */
function takeFrom(file: FreshFile, buffer: Buffer, entries: Entry[]) {
  try {
    return file.takeFresh(buffer, entries);
  } catch {
    return undefined;
  }
}
