import type { Buffer } from 'node:buffer';
import { snappyCompressor } from 'hysnappy';
import { optimisedWasm } from '../go/optimised-wasm.js';
import type { ByteBuffer } from './byte-buffer.js';

/** Packs bytes as one raw snappy block, behind what is in `to`. */
export type Compress = (input: Buffer, to: ByteBuffer) => void;

/** When so much was packed there is work for the native library: loaded, it takes 3 MB. */
const muchBytes = 8 * 1024 * 1024;

/** The portable way, until there is much to pack; from then on the native library, where it is installed. */
export function snappy(): Compress {
  let compress = portable();
  let packedBytes = 0;
  return (input, to) => {
    const before = packedBytes;
    packedBytes += input.length;
    if (before < muchBytes && packedBytes >= muchBytes) {
      void loadNative().then((native) => {
        compress = native ?? compress;
      });
    }
    compress(input, to);
  };
}

/**
 * WebAssembly. On the bench's pushes 430 to 500 MB/s and a fifth smaller, where snappyjs, which unpacks for us elsewhere, packs 150 to 240 and the
 * native library 620 to 1,000.
 */
export function portable(): Compress {
  const compress = optimisedWasm(snappyCompressor);
  return (input, to) => move(compress(input) as Uint8Array<ArrayBuffer>, to);
}

/** Undefined where it is not installed: it is an optional dependency, and not there for every platform. */
export async function loadNative(): Promise<Compress | undefined> {
  try {
    const { compressSync } = await import('snappy');
    // Without copying, memory outside the heap piles up until the garbage collector happens to run…
    return (input, to) => move(compressSync(input, { copyOutputData: true }) as Buffer<ArrayBuffer>, to);
  } catch {
    return undefined;
  }
}

/** …and so it does with it, a bit less: 60 MB more under load than where the copy is given back at once. */
function move(packed: Uint8Array<ArrayBuffer>, to: ByteBuffer): void {
  to.append(packed);
  if (packed.length === packed.buffer.byteLength) packed.buffer.transfer(0);
}
