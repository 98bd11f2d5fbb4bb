import type { Line } from '../entry/line.js';
import type { Metadata } from '../entry/metadata.js';
import { varintLength, writeVarint } from '../entry/varint.js';
import type { ByteBuffer } from './byte-buffer.js';

/** `Stream.entries`, `Entry.timestamp` and `.line`: each a field number and "length follows". */
export const tags = { entries: 0x12, timestamp: 0x0a, line: 0x12 } as const;
/** `Timestamp.seconds` and `.nanos`, numbers. */
export const timestampTags = { seconds: 0x08, nanos: 0x10 } as const;

/** Year 1 to year 9999: what a protobuf timestamp may hold, and Loki takes. */
export function isEncodableTime(seconds: number, nanos: number): boolean {
  return seconds >= -62_135_596_800 && seconds < 253_402_300_800 && nanos >= 0 && nanos < 1e9;
}

/** Appends an entry as it stands in a push request: the tag and length of `Stream.entries` and the Entry in it. */
export function appendEntry(
  to: ByteBuffer,
  seconds: number,
  nanos: number,
  line: Line,
  lineBytes: number,
  metadata: Metadata | undefined,
): void {
  const timestampSize =
    (seconds === 0 ? 0 : 1 + varintLength(seconds)) + (nanos === 0 ? 0 : 1 + varintLength(nanos));
  const lineSize = lineBytes === 0 ? 0 : 1 + varintLength(lineBytes) + lineBytes;
  const metadataSize = metadata === undefined ? 0 : metadata.end - metadata.start;
  const size = 2 + timestampSize + lineSize + metadataSize;
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
  if (metadata !== undefined) at += metadata.bytes.copy(bytes, at, metadata.start, metadata.end);
  to.length = at;
}

/** The tag and length in front of an entry. */
const maxFraming = 6;
