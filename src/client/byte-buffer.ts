import { Buffer } from 'node:buffer';

const usualCapacity = 64 * 1024;

/** Bytes that grow at the end, in one piece of memory that is used again and again. */
export class ByteBuffer {
  /** The memory; what is past `length` means nothing. Another one after `reserve`. */
  bytes: Buffer;
  length = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  static ofCapacity(capacity = usualCapacity): ByteBuffer {
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

  clear(): void {
    this.length = 0;
  }

  /** What is in it. Valid until the next change. */
  view(): Buffer {
    return this.bytes.subarray(0, this.length);
  }
}
