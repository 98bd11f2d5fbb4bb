import { Buffer } from 'node:buffer';
import { readSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';

/** What the decoder does a block at a time. Its own `decode` does a whole file in one go, which would hold up everything else. */
interface BlockDecoder {
  readonly reader: { read(bits: number): number };
  readonly streamCRC: number;
  _init_block(): boolean;
  _read_bunzip(): void;
  _start_bunzip(input: ByteInput, output: ByteOutput): void;
}

/**
 * The content of an open bzip2 file, streams behind each other included. A block (up to 900 kB) takes some 70 ms, in which nothing else is
 * done: enough for archives that are read once, and no more.
 */
export async function* bunzip2(file: FileHandle): AsyncGenerator<Buffer> {
  const { default: Bunzip } = await import('seek-bzip');
  const input = new ByteInput(file);
  if (input.eof()) return;
  const output = new ByteOutput();
  const decoder = new (Bunzip as unknown as new (input: ByteInput, output: ByteOutput) => BlockDecoder)(
    input,
    output,
  );
  while (!input.eof()) {
    if (decoder._init_block()) {
      decoder._read_bunzip();
      yield output.take();
      await setImmediate();
      continue;
    }
    if (decoder.reader.read(32) >>> 0 !== decoder.streamCRC)
      throw new Error('the checksum of the bzip2 stream is wrong');
    if (!input.eof()) decoder._start_bunzip(input, output);
  }
}

/** The decoder asks for single bytes. */
class ByteInput {
  readonly #file: FileHandle;
  readonly #buffer = Buffer.allocUnsafe(64 * 1024);
  #at = 0;
  #length = 0;
  #offset = 0;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  readByte(): number {
    return this.eof() ? -1 : this.#buffer[this.#at++]!;
  }

  read(target: Buffer, from: number, length: number): number {
    let count = 0;
    while (count < length && !this.eof()) target[from + count++] = this.#buffer[this.#at++]!;
    return count;
  }

  eof(): boolean {
    if (this.#at < this.#length) return false;
    this.#length = readSync(this.#file.fd, this.#buffer, 0, this.#buffer.length, this.#offset);
    this.#offset += this.#length;
    this.#at = 0;
    return this.#length === 0;
  }
}

class ByteOutput {
  #buffer = Buffer.allocUnsafe(1024 * 1024);
  #length = 0;

  writeByte(byte: number): void {
    if (this.#length === this.#buffer.length) this.#buffer = Buffer.concat([this.#buffer], this.#length * 2);
    this.#buffer[this.#length++] = byte;
  }

  /** What was written since the last time. */
  take(): Buffer {
    const taken = Buffer.from(this.#buffer.subarray(0, this.#length));
    this.#length = 0;
    return taken;
  }
}
