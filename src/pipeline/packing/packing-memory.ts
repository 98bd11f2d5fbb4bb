import type { Buffer } from 'node:buffer';
import type { Ack } from '../../entry/ack.js';
import type { Entry } from '../../entry/entry.js';
import type { Labels } from '../../entry/labels.js';
import type { LineBlock } from '../../entry/line-block.js';
import { PackedEntries, recordWords, writeRecord } from '../../entry/packed-entries.js';
import { encodeText } from '../../entry/text.js';
import { varintLength, writeVarint } from '../../entry/varint.js';
import { entryRoom, writeEntry } from '../../entry/wire-entry.js';
import { maxOutputs, overrun, WalkerInstance } from '../../go/json/walker-instance.js';
import type { LinePlan } from './line-plan.js';
import { PathOutputs } from './path-outputs.js';

/**
 * Why packing has stopped, as wasm/packing.ts numbers it: all lines are packed; there is no room for the next; or that is left to the stages, until they
 * have seen its combination of values, or for good.
 */
export const stops = { done: 0, full: 1, unknown: 2, odd: 3 } as const;

/** Their numbers are below this; one that has this number cannot be learned. */
export const maxCombinations = 4096;
/** So many values are combined at most. */
const maxDeciding = 32;
/** So many entries at most are packed in one go. */
const maxEntries = 2048;
const recordBytes = recordWords.count * Int32Array.BYTES_PER_ELEMENT;
/** Room for the entries that are packed in one go: more than a chunk of usual lines becomes. */
const usualBytes = 704 * 1024;
/** `LabelPair.name`: a tag, with a length behind it. */
const nameTag = 0x0a;

/** The memory of a walk over JSON, with a block of lines in it, the entries that are made of them, and a record of each entry. */
export class PackingMemory {
  readonly #instance: WalkerInstance;
  readonly #wasm: WalkerInstance['wasm'];
  readonly #recordsAt: number;
  /** Where lines are put; and entries behind them. */
  readonly #linesAt: number;
  #block: LineBlock | undefined;
  /** From an index into the block's bytes to an address. */
  #shift = 0;
  #entriesAt = 0;
  #end = 0;
  #count = 0;
  #bytes: Buffer;
  #words: Int32Array = new Int32Array();
  #seconds: Float64Array = new Float64Array();

  /** Whether there is room for what the plan looks at. */
  static fits(plan: LinePlan): boolean {
    return plan.deciding.length <= maxDeciding && pathsOf(plan).size <= maxOutputs;
  }

  /** Of a plan that fits. */
  constructor(plan: LinePlan) {
    const { time, pairs, deciding } = plan;
    const paths = pathsOf(plan);
    this.#instance = new WalkerInstance(paths.wanted);
    this.#wasm = this.#instance.wasm;
    this.#bytes = this.#instance.memory;
    this.#wasm.packFrom(this.#instance.root, paths.outputOf(time!));
    for (const { name, path } of pairs) this.#addPair(name, paths.outputOf(path));
    for (const path of deciding) this.#wasm.combine(paths.outputOf(path));
    this.#recordsAt = aligned(this.#wasm.room());
    this.#linesAt = this.#recordsAt + maxEntries * recordBytes;
    this.#grow(this.#linesAt);
  }

  /** Takes in a block of lines, and forgets the entries. */
  begin(block: LineBlock): void {
    this.#count = 0;
    if (block !== this.#block) this.#copyLines(block);
    this.#end = this.#entriesAt;
  }

  get count(): number {
    return this.#count;
  }

  /** Packs the block's lines from the index `from` into its bytes on. Answers why it stopped, one of `stops`. */
  pack(block: LineBlock, from: number): number {
    const limit = this.#entriesAt + usualBytes;
    const start = from + this.#shift;
    const end = block.end + this.#shift;
    const stop = this.#wasm.packLines(start, end, this.#end, limit, this.#recordsAt, this.#count, maxEntries);
    this.#count = this.#wasm.packedCount();
    this.#end = this.#wasm.packedEnd();
    return stop;
  }

  /** Whether entries that the stages make may be added. */
  get hasRoom(): boolean {
    return this.#count < maxEntries && this.#end < this.#entriesAt + usualBytes;
  }

  /** Where the line begins that packing stopped at, in the block's bytes. */
  get stoppedAt(): number {
    return this.#wasm.stoppedAt() - this.#shift;
  }

  /** The combination of its values, if it is not odd. */
  get stoppedCombination(): number {
    return this.#wasm.stoppedCombination();
  }

  /** Adds an entry that the stages made, with the number of its labels. */
  append(entry: Entry, labels: number): void {
    const { seconds, nanos, line, metadata } = entry;
    const lineBytes = line.byteLength;
    this.#ensure(this.#end + entryRoom(lineBytes, metadata));
    this.#end = writeEntry(this.#bytes, this.#end, seconds, nanos, line, lineBytes, metadata);
    writeRecord({ words: this.#words, seconds: this.#seconds }, this.#count, entry, labels, this.#end);
    this.#count += 1;
  }

  /** From now on lines with this combination are packed. */
  learn(combination: number): void {
    this.#wasm.learn(combination);
  }

  /** How often all combinations were forgotten, and the numbers began anew. */
  get timesForgotten(): number {
    return this.#wasm.timesForgotten();
  }

  /** Lines come with other labels, known by this number. */
  setContext(context: number): void {
    this.#wasm.setContext(context);
  }

  packed(labels: readonly (Labels | undefined)[], ack: Ack): PackedEntries {
    return new PackedEntries({
      bytes: this.#bytes,
      start: this.#entriesAt,
      count: this.#count,
      words: this.#words,
      seconds: this.#seconds,
      labels,
      ack,
    });
  }

  #addPair(name: string, output: number): void {
    const text = encodeText(name);
    const lengthBytes = varintLength(text.length);
    const nameBytes = 1 + lengthBytes + text.length;
    this.#instance.grow(this.#wasm.room() + nameBytes + overrun);
    this.#bytes = this.#instance.memory;
    const at = this.#wasm.addPair(output, nameBytes);
    this.#bytes[at] = nameTag;
    text.copy(this.#bytes, writeVarint(this.#bytes, at + 1, text.length));
  }

  #copyLines(block: LineBlock): void {
    const { bytes, start, end } = block;
    this.#entriesAt = this.#linesAt + end - start + overrun;
    this.#ensure(this.#entriesAt + usualBytes);
    bytes.copy(this.#bytes, this.#linesAt, start, end);
    this.#shift = this.#linesAt - start;
    this.#block = block;
  }

  /** Makes room up to this address. */
  #ensure(end: number): void {
    if (end + overrun > this.#bytes.length) this.#grow(end + overrun);
  }

  #grow(bytes: number): void {
    this.#instance.grow(bytes);
    this.#bytes = this.#instance.memory;
    const { buffer } = this.#bytes;
    this.#words = new Int32Array(buffer, this.#recordsAt, maxEntries * recordWords.count);
    this.#seconds = new Float64Array(buffer, this.#recordsAt, (maxEntries * recordWords.count) / 2);
  }
}

function pathsOf({ time, pairs, deciding }: LinePlan): PathOutputs {
  return new PathOutputs([time!, ...pairs.map(({ path }) => path), ...deciding]);
}

/** Up to the next address where words of eight bytes may stand. */
function aligned(address: number): number {
  return Math.ceil(address / 8) * 8;
}
