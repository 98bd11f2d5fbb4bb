import type { Metadata } from '../entry/entry.js';
import type { Line } from '../entry/line.js';
import type { ByteBuffer } from './byte-buffer.js';
import { shortTextLength, varintLength, writeShortText, writeVarint } from './protobuf-writer.js';

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
 * first and says what the entry counts for; `append` writes the one that was measured. Its numbers are kept in arrays that
 * are used again, as there are some hundred thousand entries a second.
 */
export class EntryEncoder {
  #metadata: Metadata = [];
  #metadataSize = 0;
  #metadataFieldsSize = 0;
  readonly #pairSizes: number[] = [];
  readonly #nameSizes: number[] = [];
  readonly #valueSizes: number[] = [];

  /** What the metadata adds to the size of a batch, by Promtail's count: its pairs as encoded, without their own framing. */
  measure(metadata: Metadata | undefined): number {
    this.#metadata = metadata ?? none;
    this.#metadataSize = 0;
    this.#metadataFieldsSize = 0;
    for (let i = 0; i < this.#metadata.length; i++) this.#measurePair(i);
    return this.#metadataSize;
  }

  append(to: ByteBuffer, seconds: number, nanos: number, line: Line, lineBytes: number): void {
    const timestampSize =
      (seconds === 0 ? 0 : 1 + varintLength(seconds)) + (nanos === 0 ? 0 : 1 + varintLength(nanos));
    const lineSize = lineBytes === 0 ? 0 : 1 + varintLength(lineBytes) + lineBytes;
    const size = 2 + timestampSize + lineSize + this.#metadataFieldsSize;
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
    to.length = this.#appendMetadata(bytes, at);
  }

  #measurePair(index: number): void {
    const [name, value] = this.#metadata[index]!;
    const nameSize = shortTextLength(name);
    const valueSize = shortTextLength(value);
    const size =
      (nameSize === 0 ? 0 : 1 + varintLength(nameSize) + nameSize) +
      (valueSize === 0 ? 0 : 1 + varintLength(valueSize) + valueSize);
    this.#nameSizes[index] = nameSize;
    this.#valueSizes[index] = valueSize;
    this.#pairSizes[index] = size;
    this.#metadataSize += size;
    this.#metadataFieldsSize += 1 + varintLength(size) + size;
  }

  #appendMetadata(bytes: Buffer, start: number): number {
    let at = start;
    for (let i = 0; i < this.#metadata.length; i++) {
      const [name, value] = this.#metadata[i]!;
      bytes[at++] = tags.metadata;
      at = writeVarint(bytes, at, this.#pairSizes[i]!);
      at = appendText(bytes, at, pairTags.name, name, this.#nameSizes[i]!);
      at = appendText(bytes, at, pairTags.value, value, this.#valueSizes[i]!);
    }
    return at;
  }
}

const none: Metadata = [];
/** The tag and length in front of an entry. */
const maxFraming = 6;

function appendText(bytes: Buffer, start: number, tag: number, text: string, size: number): number {
  if (size === 0) return start;
  bytes[start] = tag;
  const at = writeVarint(bytes, start + 1, size);
  return writeShortText(bytes, at, text, size);
}
