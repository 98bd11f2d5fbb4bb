import type { Buffer } from 'node:buffer';
import { type MetadataPair, readPair } from '../entry/metadata.js';
import { tags, timestampTags } from '../entry/wire-entry.js';
import { WireReader } from '../entry/wire-reader.js';

/** An entry read back from a batch. */
export interface DecodedEntry {
  seconds: bigint;
  nanos: number;
  /** A view of the batch's bytes. */
  line: Buffer;
  metadata: MetadataPair[];
}

/** Where the encoded entry that starts at `at` ends. */
export function entryEnd(bytes: Buffer, at: number): number {
  const reader = new WireReader(bytes, at + 1, bytes.length);
  return reader.length() + reader.at;
}

/** Reads an entry that `appendEntry` wrote; nobody else's. */
export function decodeEntry(bytes: Buffer, start: number, end: number): DecodedEntry {
  const entry: DecodedEntry = { seconds: 0n, nanos: 0, line: bytes.subarray(start, start), metadata: [] };
  const outer = new WireReader(bytes, start + 1, end);
  const reader = outer.message();
  while (!reader.isAtEnd) {
    const tag = reader.byte();
    const field = reader.message();
    if (tag === tags.timestamp) readTimestamp(field, entry);
    else if (tag === tags.line) entry.line = field.rest();
    else entry.metadata.push(readPair(field));
  }
  return entry;
}

function readTimestamp(field: WireReader, entry: DecodedEntry): void {
  while (!field.isAtEnd) {
    const tag = field.byte();
    const value = field.varint();
    if (tag === timestampTags.seconds) entry.seconds = BigInt.asIntN(64, value);
    else entry.nanos = Number(value);
  }
}
