import type { Buffer } from 'node:buffer';
import { SnappyCompressor } from 'snappyjs/snappy_compressor.js';
import type { ByteBuffer } from './byte-buffer.js';

/** Packs bytes as one raw snappy block, behind what is in `to`. */
export type Compress = (input: Buffer, to: ByteBuffer) => void;

/** `auto` is the native library where it is installed; `snappyjs` always does and is three times slower. */
export type Codec = 'auto' | 'snappyjs';

export async function loadCompress(codec: Codec): Promise<Compress> {
  return (codec === 'auto' ? await loadNative() : undefined) ?? portable();
}

async function loadNative(): Promise<Compress | undefined> {
  try {
    const { compressSync } = await import('snappy');
    return (input, to) => {
      // Without copying, memory outside the heap piles up until the garbage collector happens to run…
      const packed = compressSync(input, { copyOutputData: true }) as Buffer<ArrayBuffer>;
      to.append(packed);
      // …and so it does with it, a bit less: 60 MB more under load than where the copy is given back at once.
      if (packed.length === packed.buffer.byteLength) packed.buffer.transfer(0);
    };
  } catch {
    // An optional dependency: not there for every platform.
    return undefined;
  }
}

function portable(): Compress {
  return (input, to) => {
    const compressor = new SnappyCompressor(input);
    to.reserve(compressor.maxCompressedLength());
    to.length += compressor.compressToBuffer(to.bytes.subarray(to.length));
  };
}
