import { Buffer } from 'node:buffer';
import { noAck } from '../entry/ack.js';
import { Entry } from '../entry/entry.js';
import type { LabelSets, Labels } from '../entry/labels.js';
import { Line } from '../entry/line.js';
import { Metadata, type MetadataPair } from '../entry/metadata.js';
import { decodeText, textByteLength, writeText } from '../entry/text.js';

/** The first byte of a record: another number is another format. */
const version = 1;

/**
 * Entries as they stand on the disk: the label sets they use, then each with the number of its set, its time, line and metadata. Numbers are
 * 32 bits wide, texts have their length in front.
 */
export function encodeEntries(entries: readonly Entry[]): Buffer {
  const sets = new Map<string, { readonly number: number; readonly labels: Labels }>();
  for (const { labels } of entries)
    if (!sets.has(labels.key)) sets.set(labels.key, { number: sets.size, labels });
  const labelPairs = Array.from(sets.values(), ({ labels }) => labels.pairs());
  const metadata = entries.map((entry) => entry.metadata?.pairs() ?? []);
  const writer = new Writer(sizeOf(entries, [...labelPairs, ...metadata]));
  writer.byte(version);
  writer.number(sets.size);
  for (const pairs of labelPairs) writer.pairs(pairs);
  writer.number(entries.length);
  for (const [index, { labels, seconds, nanos, line }] of entries.entries()) {
    writer.number(sets.get(labels.key)!.number);
    writer.double(seconds);
    writer.number(nanos);
    writer.pairs(metadata[index]!);
    writer.line(line);
  }
  return writer.bytes;
}

/** The entries of a record, which refer to its bytes. Throws a RangeError when it is not a record. */
export function decodeEntries(record: Buffer, labelSets: LabelSets): Entry[] {
  const reader = new Reader(record);
  const found = reader.byte();
  if (found !== version) throw new RangeError(`a record of format ${found}`);
  const sets = Array.from({ length: reader.number() }, () => labelSets.of(reader.pairs()));
  return Array.from({ length: reader.number() }, () => {
    const labels = sets[reader.number()]!;
    const seconds = reader.double();
    const nanos = reader.number();
    const metadata = reader.pairs();
    const entry = new Entry(labels, seconds, nanos, reader.line(), noAck);
    if (metadata.length > 0) entry.metadata = Metadata.of(metadata);
    return entry;
  });
}

/** `pairs`: those of the label sets and of the entries' metadata. */
function sizeOf(entries: readonly Entry[], pairs: readonly (readonly MetadataPair[])[]): number {
  let size = 1 + 4 + 4;
  for (const each of pairs) size += pairsSize(each);
  for (const { line } of entries) size += 4 + 8 + 4 + 4 + line.byteLength;
  return size;
}

function pairsSize(pairs: readonly MetadataPair[]): number {
  return pairs.reduce((sum, [name, value]) => sum + 8 + textByteLength(name) + textByteLength(value), 4);
}

class Writer {
  readonly bytes: Buffer;
  #at = 0;

  constructor(size: number) {
    this.bytes = Buffer.allocUnsafe(size);
  }

  byte(value: number): void {
    this.#at = this.bytes.writeUInt8(value, this.#at);
  }

  number(value: number): void {
    this.#at = this.bytes.writeUInt32LE(value, this.#at);
  }

  double(value: number): void {
    this.#at = this.bytes.writeDoubleLE(value, this.#at);
  }

  pairs(pairs: readonly MetadataPair[]): void {
    this.number(pairs.length);
    for (const [name, value] of pairs) {
      this.#text(name);
      this.#text(value);
    }
  }

  line(line: Line): void {
    this.number(line.byteLength);
    this.#at = line.writeTo(this.bytes, this.#at);
  }

  #text(text: string): void {
    this.number(textByteLength(text));
    this.#at = writeText(text, this.bytes, this.#at);
  }
}

class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  byte(): number {
    return this.#bytes.readUInt8(this.#at++);
  }

  number(): number {
    this.#at += 4;
    return this.#bytes.readUInt32LE(this.#at - 4);
  }

  double(): number {
    this.#at += 8;
    return this.#bytes.readDoubleLE(this.#at - 8);
  }

  pairs(): [string, string][] {
    return Array.from({ length: this.number() }, () => [this.#text(), this.#text()]);
  }

  line(): Line {
    const length = this.number();
    const start = this.#at;
    this.#at += length;
    return Line.ofBytes(this.#bytes, start, this.#at);
  }

  #text(): string {
    const length = this.number();
    this.#at += length;
    return decodeText(this.#bytes, this.#at - length, this.#at);
  }
}
