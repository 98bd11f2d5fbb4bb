import { setTimeout as pause } from 'node:timers/promises';
import type { Entry } from '../../entry/entry.js';
import { FileProgress } from '../../positions/progress.js';
import { PlainSource, StreamSource } from './byte-source.js';
import { ChunkBuffers } from './chunk-buffers.js';
import { type CompressionFormat, decompress } from './decompress.js';
import type { Encoding } from './encodings.js';
import { openForReading } from './family.js';
import type { LineOutlet } from './line-outlet.js';
import { LineReader } from './line-reader.js';
import { chunkBytes } from './read-buffers.js';
import { withoutReturn } from './without-return.js';

export interface FileToRead {
  readonly path: string;
  readonly compression: CompressionFormat | undefined;
  /** It is one of those of the option `decompression`, which are read as Promtail reads them. */
  readonly dropsReturns: boolean;
  /** Nobody writes to it: a last line without its newline is a line. */
  readonly isFinished: boolean;
}

export interface ReadOnce {
  /** Of the content: more than the file has when that is compressed. */
  readonly bytes: number;
  readonly lines: number;
  /** Bytes at the end that no newline follows yet. */
  readonly unfinishedBytes: number;
}

/** Reads a file to where it ends now, and hands its lines on as a tailer does, with nothing saved and nobody waiting for more. */
export async function readOnce(
  file: FileToRead,
  outlet: Omit<LineOutlet, 'countLines'>,
  encoding: Encoding | undefined,
  maxBytes = Number.POSITIVE_INFINITY,
): Promise<ReadOnce> {
  const { path, compression, dropsReturns, isFinished } = file;
  const handle = await openForReading(path);
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw new Error(`${path} is not a regular file`);
    // What is written while it is read does not count, or the end of a busy log would never come.
    const end = Math.min(maxBytes, compression === undefined ? stats.size : Number.POSITIVE_INFINITY);
    const source =
      compression === undefined ? new PlainSource(handle) : new StreamSource(decompress(handle, compression));
    let lines = 0;
    const countLines = (more: number) => {
      lines += more;
    };
    const sink = dropsReturns
      ? { push: (entries: Entry[]) => outlet.sink.push(stripped(entries)) }
      : outlet.sink;
    const reader = new LineReader(source, 0, new FileProgress(0), { ...outlet, sink, countLines }, encoding);
    try {
      const buffers = new ChunkBuffers(Buffer.allocUnsafeSlow(chunkBytes));
      while (reader.offset < end && !outlet.signal.aborted) {
        if ((await reader.turn(buffers, false)) !== 'more') break;
        // Signals and timers get their turn.
        await pause(0);
      }
      const unfinishedBytes = reader.offset < maxBytes ? reader.seenTo - reader.offset : 0;
      if (isFinished && reader.offset < maxBytes) await reader.finish();
      return { bytes: reader.offset, lines, unfinishedBytes: isFinished ? 0 : unfinishedBytes };
    } finally {
      await reader.close();
    }
  } finally {
    await handle.close();
  }
}

function stripped(entries: Entry[]): Entry[] {
  for (const entry of entries) entry.line = withoutReturn(entry.line);
  return entries;
}
