import { Buffer } from 'node:buffer';
import type { FileHandle } from 'node:fs/promises';
import { pipeline, Readable, type Transform } from 'node:stream';
import { createGunzip, createInflate } from 'node:zlib';
import { bunzip2 } from './bunzip2.js';

/** The formats that Promtail has; what a file is called does not matter. */
export const compressionFormats = ['gz', 'z', 'bz2'] as const;
export type CompressionFormat = (typeof compressionFormats)[number];

/** The content of an open compressed file. The file stays open; what is broken in it is thrown. */
export function decompress(file: FileHandle, format: CompressionFormat): AsyncIterable<Buffer> {
  switch (format) {
    case 'gz':
      return through(file, createGunzip());
    case 'z':
      return through(file, createInflate());
    case 'bz2':
      return bunzip2(file);
  }
}

const chunkBytes = 64 * 1024;

function through(file: FileHandle, transform: Transform): AsyncIterable<Buffer> {
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
