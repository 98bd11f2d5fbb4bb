import type { Buffer } from 'node:buffer';
import type { Ack } from './ack.js';
import { Entry } from './entry.js';
import type { Labels } from './labels.js';
import { Line } from './line.js';
import { Metadata } from './metadata.js';

/** The words of what is known of an entry, of four bytes each; the first two are its seconds, in one. */
export const recordWords = {
  nanos: 2,
  labels: 3,
  end: 4,
  lineEnd: 5,
  lineBytes: 6,
  size: 7,
  count: 8,
} as const;

/** Entries as they stand in a push request, one behind the other, and what is to be known of each. */
export interface Packing {
  readonly bytes: Buffer;
  /** Where the first one begins. */
  readonly start: number;
  readonly count: number;
  /** What is known of them: the same memory, as `recordWords` and as seconds. */
  readonly words: Int32Array;
  readonly seconds: Float64Array;
  /** Their label sets, by the numbers they have there. */
  readonly labels: readonly (Labels | undefined)[];
  /** Of each it stands for one line. */
  readonly ack: Ack;
}

/** Notes what is to be known of an entry that ends at `end`, as the one with this index. `labels`: the number of its labels. */
export function writeRecord(
  { words, seconds }: Pick<Packing, 'words' | 'seconds'>,
  index: number,
  entry: Entry,
  labels: number,
  end: number,
): void {
  const { line, metadata } = entry;
  const lineBytes = line.byteLength;
  const record = index * recordWords.count;
  seconds[record >> 1] = entry.seconds;
  words[record + recordWords.nanos] = entry.nanos;
  words[record + recordWords.labels] = labels;
  words[record + recordWords.end] = end;
  words[record + recordWords.lineEnd] = end - (metadata === undefined ? 0 : metadata.end - metadata.start);
  words[record + recordWords.lineBytes] = lineBytes;
  words[record + recordWords.size] = lineBytes + (metadata?.size ?? 0);
}

/** Entries with the same labels. Two of these may be equal, when the one was forgotten in between. */
export interface PackedStream {
  readonly labels: Labels;
  entries: number;
}

interface Streams {
  readonly streams: readonly PackedStream[];
  readonly places: Uint16Array;
}

/**
 * What becomes of a chunk's lines where nothing needs to be made of each: all in wire form from the start. Valid until the `pushPacked` it went
 * with has returned, and the promise that it may have returned is fulfilled. An object for each line, and its line, labels and metadata, cost more than all the rest.
 */
export class PackedEntries {
  readonly #packing: Packing;
  #streams: Streams | undefined;

  constructor(packing: Packing) {
    this.#packing = packing;
  }

  get bytes(): Buffer {
    return this.#packing.bytes;
  }

  get count(): number {
    return this.#packing.count;
  }

  get ack(): Ack {
    return this.#packing.ack;
  }

  labels(index: number): Labels {
    return this.#packing.labels[this.#word(index, recordWords.labels)]!;
  }

  /** The streams that there are. */
  get streams(): readonly PackedStream[] {
    return this.#grouped().streams;
  }

  /** Of each entry the place of its stream among `streams`. */
  get places(): Uint16Array {
    return this.#grouped().places;
  }

  /** Since 1970; with nanoseconds on top. */
  seconds(index: number): number {
    return this.#packing.seconds[(index * recordWords.count) >> 1]!;
  }

  nanos(index: number): number {
    return this.#word(index, recordWords.nanos);
  }

  /** Where the entry begins in `bytes`. */
  start(index: number): number {
    return index === 0 ? this.#packing.start : this.end(index - 1);
  }

  end(index: number): number {
    return this.#word(index, recordWords.end);
  }

  lineBytes(index: number): number {
    return this.#word(index, recordWords.lineBytes);
  }

  /** By Promtail's count: bytes of line and metadata. */
  size(index: number): number {
    return this.#word(index, recordWords.size);
  }

  line(index: number): Line {
    const end = this.#word(index, recordWords.lineEnd);
    return Line.ofBytes(this.#packing.bytes, end - this.lineBytes(index), end);
  }

  /** The entry by itself, for its owner to change. Its line and metadata are in `bytes`. */
  entry(index: number): Entry {
    const { bytes, ack } = this.#packing;
    const lineEnd = this.#word(index, recordWords.lineEnd);
    const end = this.end(index);
    const entry = new Entry(
      this.labels(index),
      this.seconds(index),
      this.nanos(index),
      this.line(index),
      ack,
    );
    if (lineEnd < end)
      entry.metadata = new Metadata(bytes, lineEnd, end, this.size(index) - this.lineBytes(index));
    return entry;
  }

  entries(): Entry[] {
    return Array.from({ length: this.count }, (_, index) => this.entry(index));
  }

  #grouped(): Streams {
    this.#streams ??= this.#group();
    return this.#streams;
  }

  #group(): Streams {
    const { labels, words } = this.#packing;
    const streams: PackedStream[] = [];
    const places = new Uint16Array(this.count);
    const known = new Int16Array(labels.length).fill(-1);
    for (let index = 0; index < places.length; index++) {
      const number = words[index * recordWords.count + recordWords.labels]!;
      if (known[number]! < 0) known[number] = streams.push({ labels: labels[number]!, entries: 0 }) - 1;
      const place = known[number]!;
      streams[place]!.entries += 1;
      places[index] = place;
    }
    return { streams, places };
  }

  #word(index: number, word: number): number {
    return this.#packing.words[index * recordWords.count + word]!;
  }
}
