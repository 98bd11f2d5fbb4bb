import type { FileHandle } from 'node:fs/promises';
import { pipeline, type Readable, type Transform } from 'node:stream';

/** The content of an open compressed file as a stream. The file stays open; a broken one is the stream's error. */
export function decompress(file: FileHandle, transform: Transform): Readable {
  const compressed = file.createReadStream({ start: 0, autoClose: false, highWaterMark: 64 * 1024 });
  pipeline(compressed, transform, () => {});
  return transform;
}
