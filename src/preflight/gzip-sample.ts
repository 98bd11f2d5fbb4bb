import { gzipSync } from 'node:zlib';
import { ByteBuffer } from '../client/byte-buffer.js';
import type { Line } from '../entry/line.js';

/** As large as the blocks that Loki compresses. */
const blockBytes = 256 * 1024;
/** All of the first few blocks are compressed, and then one of so many: gzip costs more than all the rest. */
const firstBlocks = 8;
const sampledEvery = 16;

/** Finds out how small lines become when Loki compresses them. */
export class GzipSample {
  /** CPU that was spent on this, which no agent spends. */
  cpuMs = 0;
  readonly #block = ByteBuffer.ofCapacity(blockBytes);
  #blockNumber = 0;
  /** Bytes of the current block, whether it is kept or not. */
  #size = 0;
  #bytes = 0;
  #packedBytes = 0;

  /** Packed bytes for each byte; 1 as long as there is nothing to tell. */
  get ratio(): number {
    return this.#bytes === 0 ? 1 : this.#packedBytes / this.#bytes;
  }

  take(line: Line): void {
    const { byteLength } = line;
    if (this.#isSampled) {
      this.#block.reserve(byteLength);
      this.#block.length = line.writeTo(this.#block.bytes, this.#block.length);
    }
    this.#size += byteLength;
    if (this.#size >= blockBytes) this.flush();
  }

  /** Ends the block. */
  flush(): void {
    const { length } = this.#block;
    if (length > 0) {
      const before = process.cpuUsage();
      this.#packedBytes += gzipSync(this.#block.view()).length;
      this.#bytes += length;
      const { user, system } = process.cpuUsage(before);
      this.cpuMs += (user + system) / 1000;
    }
    this.#block.length = 0;
    this.#size = 0;
    this.#blockNumber += 1;
  }

  get #isSampled(): boolean {
    return this.#blockNumber < firstBlocks || this.#blockNumber % sampledEvery === 0;
  }
}
