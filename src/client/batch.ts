import type { Buffer } from 'node:buffer';
import type { Ack } from '../entry/ack.js';
import type { Entry } from '../entry/entry.js';
import type { Labels } from '../entry/labels.js';
import type { Line } from '../entry/line.js';
import type { PackedEntries } from '../entry/packed-entries.js';
import { entryRoom, writeEntry } from '../entry/wire-entry.js';
import type { BatchMemory } from './batch-memory.js';
import type { ByteBuffer } from './byte-buffer.js';
import type { Destination } from './destination.js';
import type { EntryRuns } from './entry-runs.js';

/**
 * Entries of one tenant on their way to Loki: their bytes in wire form and in the order they came, which run of them belongs
 * to which stream, and what to settle once all are done with. Nothing of the entries themselves is kept.
 */
export class Batch {
  readonly tenant: string;
  readonly openedAtMs: number;
  /** The label sets of the streams, by the numbers that the runs use. */
  readonly streams: Labels[] = [];
  /** By Promtail's count: bytes of lines and metadata. */
  size = 0;
  readonly memory: BatchMemory;
  readonly #streamNumbers = new Map<string, number>();
  #lastLabels: Labels | undefined;
  #lastStream = 0;
  readonly #acks: Ack[] = [];
  readonly #lines: number[] = [];

  constructor(tenant: string, openedAtMs: number, memory: BatchMemory) {
    this.tenant = tenant;
    this.openedAtMs = openedAtMs;
    this.memory = memory;
  }

  get runs(): EntryRuns {
    return this.memory.runs;
  }

  get buffer(): ByteBuffer {
    return this.memory.buffer;
  }

  get entryCount(): number {
    return this.runs.entryCount;
  }

  /** The entries' bytes. Valid until the next `add`. */
  get bytes(): Buffer {
    return this.buffer.view();
  }

  hasStream(labels: Labels): boolean {
    return labels === this.#lastLabels || this.#streamNumbers.has(labels.stream);
  }

  /** The numbers of the streams, in the order of their labels. */
  streamsInOrder(): number[] {
    return [...this.#streamNumbers.keys()].sort().map((stream) => this.#streamNumbers.get(stream)!);
  }

  /** Takes in an entry, with the labels and the line it is to be sent with. `size` is by Promtail's count. */
  add(entry: Entry, labels: Labels, line: Line, lineBytes: number, size: number): void {
    const { buffer } = this;
    const { seconds, nanos, metadata } = entry;
    buffer.reserve(entryRoom(lineBytes, metadata));
    const start = buffer.length;
    buffer.length = writeEntry(buffer.bytes, start, seconds, nanos, line, lineBytes, metadata);
    this.runs.append(this.#streamNumber(labels), start, buffer.length);
    this.size += size;
    this.#stake(entry.ack, entry.lines);
  }

  /**
   * Takes in the entries from `from` on for which there is room within `maxSize`; the first one of a batch always. `destinations` are those of
   * their streams. Answers which is the first that was left.
   */
  addPacked(
    packed: PackedEntries,
    from: number,
    maxSize: number,
    destinations: readonly Destination[],
  ): number {
    let { size } = this;
    let to = from;
    for (; to < packed.count; to++) {
      const isFirst = to === from && this.entryCount === 0;
      if (!isFirst && size + packed.size(to) > maxSize) break;
      size += packed.size(to);
    }
    if (to > from) this.#append(packed, from, to, destinations);
    this.size = size;
    return to;
  }

  /** Tells the sources that these lines are done with. */
  settle(): void {
    for (let i = 0; i < this.#acks.length; i++) this.#acks[i]!.done(this.#lines[i]!);
  }

  #append(packed: PackedEntries, from: number, to: number, destinations: readonly Destination[]): void {
    const { buffer } = this;
    const { places } = packed;
    const numbers = new Int32Array(destinations.length).fill(-1);
    const shift = buffer.length - packed.start(from);
    buffer.append(packed.bytes.subarray(packed.start(from), packed.end(to - 1)));
    let start = packed.start(from) + shift;
    for (let index = from; index < to; index++) {
      const place = places[index]!;
      if (numbers[place] === -1) numbers[place] = this.#streamNumber(destinations[place]!.labels);
      const end = packed.end(index) + shift;
      this.runs.append(numbers[place]!, start, end);
      start = end;
    }
    this.#stake(packed.ack, to - from);
  }

  #streamNumber(labels: Labels): number {
    if (labels === this.#lastLabels) return this.#lastStream;
    let number = this.#streamNumbers.get(labels.stream);
    if (number === undefined) {
      number = this.streams.push(labels) - 1;
      this.#streamNumbers.set(labels.stream, number);
    }
    this.#lastLabels = labels;
    this.#lastStream = number;
    return number;
  }

  #stake(ack: Ack, lines: number): void {
    const last = this.#acks.length - 1;
    if (last >= 0 && this.#acks[last] === ack) {
      this.#lines[last]! += lines;
      return;
    }
    this.#acks.push(ack);
    this.#lines.push(lines);
  }
}
