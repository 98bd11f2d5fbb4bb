import { Buffer } from 'node:buffer';

/** Bytes that grow at the end, in one piece of memory that is used again and again. */
export class ByteBuffer {
  /** The memory; what is past `length` means nothing. Another one after `reserve`. */
  bytes: Buffer;
  length = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  static ofCapacity(capacity: number): ByteBuffer {
    return new ByteBuffer(Buffer.allocUnsafeSlow(capacity));
  }

  get capacity(): number {
    return this.bytes.length;
  }

  /** Makes room for `count` more bytes. */
  reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.bytes.length * 2));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }

  append(more: Uint8Array): void {
    this.reserve(more.length);
    this.bytes.set(more, this.length);
    this.length += more.length;
  }

  /** What is in it. Valid until the next change. */
  view(): Buffer {
    return this.bytes.subarray(0, this.length);
  }
}

/** Lends memory to batches and takes it back, so that steady traffic allocates nothing. */
export class ByteBufferPool {
  readonly #free: ByteBuffer[] = [];
  readonly #largestKept: number;

  /** Buffers that have grown beyond `largestKept` are left to the garbage collector. */
  constructor(largestKept: number) {
    this.#largestKept = largestKept;
  }

  take(): ByteBuffer {
    return this.#free.pop() ?? ByteBuffer.ofCapacity(initialCapacity);
  }

  /** The giver must not touch `buffer` again. */
  give(buffer: ByteBuffer): void {
    if (this.#free.length >= maxFree || buffer.capacity > this.#largestKept) return;
    buffer.length = 0;
    this.#free.push(buffer);
  }
}

const initialCapacity = 64 * 1024;
const maxFree = 4;
