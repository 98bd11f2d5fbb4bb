import { Buffer } from 'node:buffer';
import { decodeText, textByteLength, writeText } from './text.js';
import { varintLength, writeVarint } from './varint.js';
import { WireReader } from './wire-reader.js';

export type MetadataPair = readonly [name: string, value: string];

/** `Entry.structuredMetadata` of a push request, with its length behind it; in it `LabelPair.name` and `.value`, texts. */
export const metadataTag = 0x1a;
const nameTag = 0x0a;
const valueTag = 0x12;

/**
 * Structured metadata in the order it was set; a name may stand twice, as in Promtail. It is kept as it stands in a push request, so that it
 * is encoded once, when it is set: that takes 0.05 µs a pair, and an array for each would have to be made and collected besides.
 */
export class Metadata {
  /** It stands in `bytes` from `start` to before `end`. Nobody changes these. */
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  /** What it adds to the size of a batch, by Promtail's count: its pairs as encoded, without their own framing. */
  readonly size: number;

  /** Use `of`, or a `MetadataWriter`. */
  constructor(bytes: Buffer, start: number, end: number, size: number) {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.size = size;
  }

  static of(pairs: Iterable<MetadataPair>): Metadata {
    const writer = new MetadataWriter(0);
    for (const [name, value] of pairs) writer.pair(name, value);
    return writer.end();
  }

  pairs(): MetadataPair[] {
    const pairs: MetadataPair[] = [];
    const reader = new WireReader(this.bytes, this.start, this.end);
    while (!reader.isAtEnd) {
      reader.byte();
      pairs.push(readPair(reader.message()));
    }
    return pairs;
  }
}

/** Reads what stands in a field `structuredMetadata`. */
export function readPair(field: WireReader): MetadataPair {
  let name = '';
  let value = '';
  while (!field.isAtEnd) {
    const tag = field.byte();
    const text = decodeText(field.message().rest());
    if (tag === nameTag) name = text;
    else value = text;
  }
  return [name, value];
}

/** What one piece of memory holds is let go together. */
const usualBytes = 16 * 1024;
/** A tag and the longest length. */
const maxFraming = 6;
/** Past this length the call into native code costs less than the walk. */
const maxWalked = 64;

/** Writes the metadata of one entry after the other. */
export class MetadataWriter {
  readonly #capacity: number;
  #bytes: Buffer;
  #start = 0;
  #end = 0;
  #size = 0;

  /** `capacity`: bytes of memory to take at a time. */
  constructor(capacity = usualBytes) {
    this.#capacity = capacity;
    this.#bytes = Buffer.allocUnsafeSlow(capacity);
  }

  pair(name: string, value: string): void {
    this.#reserve(3 * (name.length + value.length) + 3 * maxFraming);
    const at = this.#appendText(this.#textAt, nameTag, name);
    this.#endPair(this.#appendText(at, valueTag, value));
  }

  /**
   * A pair whose value is the bytes from `start` to before `end`, with no string made of them. False, and nothing written: they are not short,
   * or not all ASCII.
   */
  piece(name: string, bytes: Buffer, start: number, end: number): boolean {
    const length = end - start;
    if (length > maxWalked) return false;
    this.#reserve(3 * name.length + length + 3 * maxFraming);
    const to = this.#bytes;
    let at = this.#appendText(this.#textAt, nameTag, name);
    if (length > 0) {
      to[at++] = valueTag;
      to[at++] = length;
    }
    for (let from = start; from < end; from++) {
      const byte = bytes[from]!;
      if (byte >= 0x80) return false;
      to[at++] = byte;
    }
    this.#endPair(at);
    return true;
  }

  /** All that is in `metadata`. */
  all({ bytes, start, end, size }: Metadata): void {
    this.#reserve(end - start);
    this.#end += bytes.copy(this.#bytes, this.#end, start, end);
    this.#size += size;
  }

  get isEmpty(): boolean {
    return this.#start === this.#end;
  }

  /** What was written since the last `end`. */
  end(): Metadata {
    const metadata = new Metadata(this.#bytes, this.#start, this.#end, this.#size);
    this.#start = this.#end;
    this.#size = 0;
    return metadata;
  }

  /** Where the name of the next pair begins: behind its tag, and a length of one byte, which is nearly always enough. */
  get #textAt(): number {
    return this.#end + 2;
  }

  /** Frames the pair that ends at `end`. */
  #endPair(end: number): void {
    const bytes = this.#bytes;
    const start = this.#textAt;
    const size = end - start;
    const extra = varintLength(size) - 1;
    if (extra > 0) bytes.copyWithin(start + extra, start, end);
    bytes[this.#end] = metadataTag;
    writeVarint(bytes, this.#end + 1, size);
    this.#end = end + extra;
    this.#size += size;
  }

  #appendText(at: number, tag: number, text: string): number {
    if (text === '') return at;
    const bytes = this.#bytes;
    bytes[at] = tag;
    return appendShortAscii(bytes, at + 1, text) ?? appendAnyText(bytes, at + 1, text);
  }

  /** Makes room, in other memory if it must be: what was given away stays where it is. */
  #reserve(count: number): void {
    if (this.#end + count <= this.#bytes.length) return;
    const written = this.#end - this.#start;
    const bytes = Buffer.allocUnsafeSlow(Math.max(this.#capacity, 2 * written + count));
    this.#bytes.copy(bytes, 0, this.#start, this.#end);
    this.#bytes = bytes;
    this.#start = 0;
    this.#end = written;
  }
}

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
