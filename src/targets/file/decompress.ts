import { Buffer } from 'node:buffer';
import type { FileHandle } from 'node:fs/promises';
import { pipeline, Readable, type Transform } from 'node:stream';

const chunkBytes = 64 * 1024;

/** The content of an open compressed file as a stream. The file stays open; a broken one is the stream's error. */
export function decompress(file: FileHandle, transform: Transform): Readable {
  return pipeline(Readable.from(chunksOf(file), { objectMode: false }), transform, () => {});
}

/** Not the handle's own stream, which closes the file when it ends. */
async function* chunksOf(file: FileHandle): AsyncIterable<Buffer> {
  for (let offset = 0; ; ) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(chunkBytes), 0, chunkBytes, offset);
    if (bytesRead === 0) return;
    offset += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}
