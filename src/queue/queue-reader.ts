import { Buffer } from 'node:buffer';
import { type FileHandle, open } from 'node:fs/promises';
import { frameLength, headerLength, payloadOf } from './frame.js';
import type { Place, Segment, Segments } from './segments.js';

/** Frames are read this many bytes at a time; one that is longer, alone. */
const readBytes = 256 * 1024;

/** What was read: entries, or bytes that are none. */
export interface Stretch {
  readonly records: readonly Buffer[];
  /** Where reading goes on. */
  readonly end: Place;
  /** Bytes that are not what was written, and cannot be read. */
  readonly damagedBytes: number;
}

/** Reads a queue's frames in order. */
export class QueueReader {
  readonly #segments: Segments;
  #file: { readonly segment: Segment; readonly handle: FileHandle } | undefined;

  constructor(segments: Segments) {
    this.#segments = segments;
  }

  /** What follows `place`; undefined when there is nothing yet. Its buffers are its own. */
  async read(place: Place): Promise<Stretch | undefined> {
    let segment = this.#segments.from(place.segment);
    let offset = segment?.number === place.segment ? place.offset : 0;
    while (segment !== undefined && offset >= segment.end) {
      segment = this.#segments.after(segment);
      offset = 0;
    }
    return segment === undefined ? undefined : this.#readFrom(segment, offset);
  }

  async close(): Promise<void> {
    await this.#file?.handle.close();
    this.#file = undefined;
  }

  async #readFrom(segment: Segment, offset: number): Promise<Stretch> {
    const left = segment.end - offset;
    const bytes = await this.#bytes(segment, offset, Math.min(readBytes, left));
    const first = bytes.length < headerLength ? Number.POSITIVE_INFINITY : frameLength(bytes, 0);
    if (first <= bytes.length) return this.#frames(segment, offset, bytes);
    if (first > left) return damaged(segment, offset);
    return this.#frames(segment, offset, await this.#bytes(segment, offset, first));
  }

  /** The whole frames at the beginning of `bytes`: at least one. */
  #frames(segment: Segment, offset: number, bytes: Buffer): Stretch {
    const records: Buffer[] = [];
    let at = 0;
    while (at + headerLength <= bytes.length) {
      const end = at + frameLength(bytes, at);
      if (end > bytes.length) break;
      const payload = payloadOf(bytes, at, end);
      if (payload === undefined) break;
      records.push(payload);
      at = end;
    }
    if (records.length === 0) return damaged(segment, offset);
    return { records, end: { segment: segment.number, offset: offset + at }, damagedBytes: 0 };
  }

  async #bytes(segment: Segment, offset: number, length: number): Promise<Buffer> {
    if (this.#file?.segment !== segment) {
      await this.close();
      this.#file = { segment, handle: await open(segment.path, 'r') };
    }
    const bytes = Buffer.allocUnsafe(length);
    const { bytesRead } = await this.#file.handle.read(bytes, 0, length, offset);
    return bytes.subarray(0, bytesRead);
  }
}

/** The rest of a segment is skipped: where the next frame begins is not known. */
function damaged(segment: Segment, offset: number): Stretch {
  return {
    records: [],
    end: { segment: segment.number, offset: segment.end },
    damagedBytes: segment.end - offset,
  };
}
