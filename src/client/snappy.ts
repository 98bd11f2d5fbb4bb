import { Buffer } from 'node:buffer';
import { SnappyCompressor } from 'snappyjs/snappy_compressor.js';

/** Packs bytes as one raw snappy block, into memory of its own. */
export type Compress = (input: Buffer) => Buffer;

/** `auto` is the native library where it is installed; `snappyjs` always does and is three times slower. */
export type Codec = 'auto' | 'snappyjs';

export async function loadCompress(codec: Codec): Promise<Compress> {
  return (codec === 'auto' ? await loadNative() : undefined) ?? portable();
}

async function loadNative(): Promise<Compress | undefined> {
  try {
    const { compressSync } = await import('snappy');
    // Without copying, memory outside the heap piles up until the garbage collector happens to run.
    return (input) => compressSync(input, { copyOutputData: true });
  } catch {
    // An optional dependency: not there for every platform.
    return undefined;
  }
}

function portable(): Compress {
  let scratch = Buffer.allocUnsafeSlow(0);
  return (input) => {
    const compressor = new SnappyCompressor(input);
    const most = compressor.maxCompressedLength();
    if (scratch.length < most) scratch = Buffer.allocUnsafeSlow(most);
    return Buffer.from(scratch.subarray(0, compressor.compressToBuffer(scratch)));
  };
}
