import { readSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';

/** The bytes of one file, from any offset on that is not below what was given up with `forget`. */
export interface ByteSource {
  /** Whether bytes that were read may be others the next time: the file was cut. */
  readonly canChange: boolean;
  /** Fills `target` from byte `offset` of the content; fewer bytes than asked for mean the end, for now, unless there is an `error`. */
  read(target: Buffer, from: number, length: number, offset: number): Promise<number>;
  /** The same at once, for what was written a moment ago and so is in memory; undefined: not possible here. */
  readNow?(target: Buffer, from: number, length: number, offset: number): number;
  /** Why what follows cannot be read, once that is known: `read` throws it when all before it was read. */
  readonly error: unknown;
  /** Bytes before `offset` will not be asked for again. */
  forget(offset: number): void;
  close(): Promise<void>;
}

/** A file as it is. */
export class PlainSource implements ByteSource {
  readonly canChange = true;
  readonly error = undefined;
  readonly #file: FileHandle;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  async read(target: Buffer, from: number, length: number, offset: number): Promise<number> {
    const { bytesRead } = await this.#file.read(target, from, length, offset);
    return bytesRead;
  }

  /** 5 µs against 40 for the way through the thread pool: what a file costs that gets a line now and then. */
  readNow(target: Buffer, from: number, length: number, offset: number): number {
    return readSync(this.#file.fd, target, from, length, offset);
  }

  forget(): void {}

  /** The file itself belongs to who opened it. */
  async close(): Promise<void> {}
}

/** What comes out of a stream (decompression), kept as far back as it may be asked for again. */
export class StreamSource implements ByteSource {
  readonly canChange = false;
  readonly #chunks: AsyncIterator<Buffer>;
  /** What was taken from the stream and not forgotten; the first byte is at `#start`. */
  #held: Buffer[] = [];
  #start = 0;
  #end = 0;
  #isEnded = false;
  #error: unknown;
  /** How far it was read. */
  #readTo = 0;

  constructor(chunks: AsyncIterable<Buffer>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  get error(): unknown {
    return this.#error;
  }

  async read(target: Buffer, from: number, length: number, offset: number): Promise<number> {
    while (this.#end < offset + length && !this.#isEnded) await this.#takeChunk(offset);
    const copied = this.#copy(target, from, length, offset);
    const end = offset + copied;
    // What is whole is handed over before the error is.
    if (this.#error !== undefined && copied < length && this.#readTo >= end) throw this.#error;
    this.#readTo = Math.max(this.#readTo, end);
    return copied;
  }

  forget(offset: number): void {
    while (this.#held.length > 0 && this.#start + this.#held[0]!.length <= offset) {
      this.#start += this.#held.shift()!.length;
    }
  }

  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  async #takeChunk(offset: number): Promise<void> {
    try {
      const { value, done } = await this.#chunks.next();
      if (done === true) this.#isEnded = true;
      else this.#hold(value, offset);
    } catch (error) {
      this.#isEnded = true;
      this.#error = error;
    }
  }

  /** Skipping to an offset holds nothing of what is skipped. */
  #hold(chunk: Buffer, offset: number): void {
    if (this.#held.length === 0) this.#start = this.#end;
    this.#end += chunk.length;
    this.#held.push(chunk);
    if (this.#held.length === 1 && this.#end <= offset - 64 * 1024) this.#held = [];
  }

  #copy(target: Buffer, from: number, length: number, offset: number): number {
    let at = this.#start;
    let copied = 0;
    for (const chunk of this.#held) {
      const start = Math.max(0, offset + copied - at);
      if (start < chunk.length && copied < length)
        copied += chunk.copy(target, from + copied, start, start + length - copied);
      at += chunk.length;
    }
    return copied;
  }
}
