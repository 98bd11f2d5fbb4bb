import type { Buffer } from 'node:buffer';
import type { Metadata } from '../entry/entry.js';
import type { Line } from '../entry/line.js';
import { textByteLength, writeText } from '../entry/text.js';
import { ByteBuffer } from './byte-buffer.js';
import { varintLength, writeVarint } from './varint.js';

/** `Stream.entries`, `Entry.timestamp`, `.line`, `.structuredMetadata`: each a field number and "length follows". */
export const tags = { entries: 0x12, timestamp: 0x0a, line: 0x12, metadata: 0x1a } as const;
/** `Timestamp.seconds` and `.nanos`, numbers; `LabelPair.name` and `.value`, texts. */
export const timestampTags = { seconds: 0x08, nanos: 0x10 } as const;
export const pairTags = { name: 0x0a, value: 0x12 } as const;

/** Year 1 to year 9999: what a protobuf timestamp may hold, and Loki takes. */
export function isEncodableTime(seconds: number, nanos: number): boolean {
  return seconds >= -62_135_596_800 && seconds < 253_402_300_800 && nanos >= 0 && nanos < 1e9;
}

/**
 * Writes entries as they stand in a push request: the tag and length of `Stream.entries` and the Entry in it. `measure` comes
 * first and says what the metadata counts for; `append` writes the entry whose metadata was measured.
 */
export class EntryEncoder {
  /** The metadata of the entry that was measured last, encoded. */
  readonly #metadata = new ByteBuffer(1024);
  /** Its pairs, where each ends, and what all up to it count for. */
  readonly #pairs: Metadata[number][] = [];
  readonly #ends: number[] = [];
  readonly #sizes: number[] = [];

  /**
   * What the metadata adds to the size of a batch, by Promtail's count: its pairs as encoded, without their own framing. The first pairs of
   * audit events are often the very same as those of the event before: what is encoded of them stays.
   */
  measure(metadata: Metadata | undefined): number {
    const count = metadata?.length ?? 0;
    const pairs = this.#pairs;
    let done = 0;
    while (done < count && done < pairs.length && metadata![done] === pairs[done]) done++;
    let size = done === 0 ? 0 : this.#sizes[done - 1]!;
    this.#metadata.length = done === 0 ? 0 : this.#ends[done - 1]!;
    for (; done < count; done++) {
      size += appendPair(this.#metadata, metadata![done]!);
      pairs[done] = metadata![done]!;
      this.#ends[done] = this.#metadata.length;
      this.#sizes[done] = size;
    }
    pairs.length = count;
    return size;
  }

  append(to: ByteBuffer, seconds: number, nanos: number, line: Line, lineBytes: number): void {
    const timestampSize =
      (seconds === 0 ? 0 : 1 + varintLength(seconds)) + (nanos === 0 ? 0 : 1 + varintLength(nanos));
    const lineSize = lineBytes === 0 ? 0 : 1 + varintLength(lineBytes) + lineBytes;
    const size = 2 + timestampSize + lineSize + this.#metadata.length;
    to.reserve(maxFraming + size);

    const { bytes } = to;
    let at = to.length;
    bytes[at++] = tags.entries;
    at = writeVarint(bytes, at, size);
    bytes[at++] = tags.timestamp;
    bytes[at++] = timestampSize;
    if (seconds !== 0) {
      bytes[at++] = timestampTags.seconds;
      at = writeVarint(bytes, at, seconds);
    }
    if (nanos !== 0) {
      bytes[at++] = timestampTags.nanos;
      at = writeVarint(bytes, at, nanos);
    }
    if (lineBytes !== 0) {
      bytes[at++] = tags.line;
      at = writeVarint(bytes, at, lineBytes);
      at = line.writeTo(bytes, at);
    }
    to.length = at + this.#metadata.bytes.copy(bytes, at, 0, this.#metadata.length);
  }
}

/** The tag and length in front of an entry. */
const maxFraming = 6;

/** Appends a pair with its framing and returns the size without. */
function appendPair(to: ByteBuffer, [name, value]: readonly [string, string]): number {
  to.reserve(3 * (name.length + value.length) + 3 * maxFraming);
  const { bytes, length: start } = to;
  bytes[start] = tags.metadata;
  // There is room for a length of one byte, which is nearly always enough.
  let end = appendText(bytes, start + 2, pairTags.name, name);
  end = appendText(bytes, end, pairTags.value, value);
  const size = end - start - 2;
  const extra = varintLength(size) - 1;
  if (extra > 0) bytes.copyWithin(start + 2 + extra, start + 2, end);
  writeVarint(bytes, start + 1, size);
  to.length = end + extra;
  return size;
}

function appendText(bytes: Buffer, at: number, tag: number, text: string): number {
  if (text === '') return at;
  bytes[at] = tag;
  return appendShortAscii(bytes, at + 1, text) ?? appendAnyText(bytes, at + 1, text);
}

/** Past this length the call into native code costs less than the walk. */
const maxWalked = 64;

/** Undefined when the text is not short or not ASCII. Nearly all are: 0.03 µs, where the general way takes 0.15 µs. */
function appendShortAscii(bytes: Buffer, at: number, text: string): number | undefined {
  const { length } = text;
  if (length > maxWalked) return undefined;
  const start = at + 1;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0x80) return undefined;
    bytes[start + i] = code;
  }
  bytes[at] = length;
  return start + length;
}

function appendAnyText(bytes: Buffer, at: number, text: string): number {
  return writeText(text, bytes, writeVarint(bytes, at, textByteLength(text)));
}
