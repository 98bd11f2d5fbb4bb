import type { Buffer } from 'node:buffer';
import { decodeText } from '../entry/text.js';
import { pairTags, tags, timestampTags } from './encode-entry.js';

/** An entry read back from a batch. */
export interface DecodedEntry {
  seconds: bigint;
  nanos: number;
  /** A view of the batch's bytes. */
  line: Buffer;
  metadata: [name: string, value: string][];
}

/** Where the encoded entry that starts at `at` ends. */
export function entryEnd(bytes: Buffer, at: number): number {
  const reader = new Reader(bytes, at + 1, bytes.length);
  return reader.length() + reader.at;
}

/** Reads an entry that `EntryEncoder` wrote; no other encoder's. */
export function decodeEntry(bytes: Buffer, start: number, end: number): DecodedEntry {
  const entry: DecodedEntry = { seconds: 0n, nanos: 0, line: bytes.subarray(start, start), metadata: [] };
  const outer = new Reader(bytes, start + 1, end);
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

function readTimestamp(field: Reader, entry: DecodedEntry): void {
  while (!field.isAtEnd) {
    const tag = field.byte();
    const value = field.varint();
    if (tag === timestampTags.seconds) entry.seconds = BigInt.asIntN(64, value);
    else entry.nanos = Number(value);
  }
}

function readPair(field: Reader): [string, string] {
  const pair: [string, string] = ['', ''];
  while (!field.isAtEnd) {
    const tag = field.byte();
    pair[tag === pairTags.name ? 0 : 1] = decodeText(field.message().rest());
  }
  return pair;
}

class Reader {
  at: number;
  readonly #bytes: Buffer;
  readonly #end: number;

  constructor(bytes: Buffer, at: number, end: number) {
    this.#bytes = bytes;
    this.at = at;
    this.#end = end;
  }

  get isAtEnd(): boolean {
    return this.at >= this.#end;
  }

  byte(): number {
    return this.#bytes[this.at++]!;
  }

  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  }

  length(): number {
    return Number(this.varint());
  }

  /** The bytes of a field whose length comes first. */
  message(): Reader {
    const length = this.length();
    const start = this.at;
    this.at += length;
    return new Reader(this.#bytes, start, this.at);
  }

  rest(): Buffer {
    return this.#bytes.subarray(this.at, this.#end);
  }
}
