import type { Buffer } from 'node:buffer';
import type { Line } from './line.js';
import type { Metadata } from './metadata.js';
import { varintLength, writeVarint } from './varint.js';

/** `Stream.entries`, `Entry.timestamp` and `.line`: each a field number and "length follows". */
export const tags = { entries: 0x12, timestamp: 0x0a, line: 0x12 } as const;
/** `Timestamp.seconds` and `.nanos`, numbers. */
export const timestampTags = { seconds: 0x08, nanos: 0x10 } as const;

/** Year 1 to year 9999: what a protobuf timestamp may hold, and Loki takes. */
export function isEncodableTime(seconds: number, nanos: number): boolean {
  return seconds >= -62_135_596_800 && seconds < 253_402_300_800 && nanos >= 0 && nanos < 1e9;
}

/** What an entry takes at most as it stands in a push request. */
export function entryRoom(lineBytes: number, metadata: Metadata | undefined): number {
  return maxFraming + lineBytes + (metadata === undefined ? 0 : metadata.end - metadata.start);
}

/**
 * Writes an entry at `at` as it stands in a push request, the tag and length of `Stream.entries` and the Entry in it, and returns the end. The
 * caller has made room (`entryRoom`).
 */
export function writeEntry(
  bytes: Buffer,
  start: number,
  seconds: number,
  nanos: number,
  line: Line,
  lineBytes: number,
  metadata: Metadata | undefined,
): number {
  const timestampSize =
    (seconds === 0 ? 0 : 1 + varintLength(seconds)) + (nanos === 0 ? 0 : 1 + varintLength(nanos));
  const lineSize = lineBytes === 0 ? 0 : 1 + varintLength(lineBytes) + lineBytes;
  const metadataSize = metadata === undefined ? 0 : metadata.end - metadata.start;
  let at = start;
  bytes[at++] = tags.entries;
  at = writeVarint(bytes, at, 2 + timestampSize + lineSize + metadataSize);
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
  return metadata === undefined ? at : at + metadata.bytes.copy(bytes, at, metadata.start, metadata.end);
}

/** Tags and lengths of an entry, of its time and its line, and the time itself. */
const maxFraming = 48;
