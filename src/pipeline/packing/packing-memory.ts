import type { Buffer } from 'node:buffer';
import type { Ack } from '../../entry/ack.js';
import type { Entry } from '../../entry/entry.js';
import type { Labels } from '../../entry/labels.js';
import type { LineBlock } from '../../entry/line-block.js';
import { PackedEntries, recordWords } from '../../entry/packed-entries.js';
import { encodeText } from '../../entry/text.js';
import { varintLength, writeVarint } from '../../entry/varint.js';
import { entryRoom, writeEntry } from '../../entry/wire-entry.js';
import { overrun, WalkerInstance } from '../../go/json/walker-instance.js';
import type { LinePlan } from './line-plan.js';
import { PathOutputs } from './path-outputs.js';

/** What came of a line: left to the stages, for good (odd) or until they have seen its combination of values (unknown). */
export type Outcome = 'packed' | 'unknown' | 'odd';

/** Their numbers are below this; one that has this number cannot be learned. */
export const maxCombinations = 4096;
/** So many entries at most are packed in one go. */
const maxEntries = 2048;
const recordBytes = recordWords.count * Int32Array.BYTES_PER_ELEMENT;
/** Past so many bytes no more entries are packed in the same go. */
const usualBytes = 640 * 1024;
/** The longest value of metadata that is packed; see wasm/packing.ts. */
const maxValueBytes = 8191;
/** What a pair of metadata takes besides its name and its value. */
const maxFraming = 32;
/** `LabelPair.name`: a tag, with a length behind it. */
const nameTag = 0x0a;

/** The memory of a walk over JSON, with a block of lines in it, the entries that are made of them, and a record of each entry. */
export class PackingMemory {
  readonly #instance: WalkerInstance;
  readonly #wasm: WalkerInstance['wasm'];
  /** Bytes of the names of all pairs, and how many pairs there are. */
  #pairBytes = 0;
  readonly #pairCount: number;
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

  constructor({ time, pairs, deciding }: LinePlan) {
    const paths = new PathOutputs([time!, ...pairs.map(({ path }) => path), ...deciding]);
    this.#instance = new WalkerInstance(paths.wanted);
    this.#wasm = this.#instance.wasm;
    this.#bytes = this.#instance.memory;
    this.#wasm.packFrom(this.#instance.root, paths.outputOf(time!));
    this.#pairCount = pairs.length;
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

  /** Whether another line is to be packed in the same go. */
  get hasRoom(): boolean {
    return this.#count < maxEntries && this.#end - this.#entriesAt < usualBytes;
  }

  /** Makes an entry of a line, if it can. */
  pack(block: LineBlock, index: number): Outcome {
    const start = block.starts[index]!;
    const lineBytes = block.ends[index]! - start;
    const valueBytes = this.#pairCount * Math.min(lineBytes, maxValueBytes);
    this.#ensure(this.#end + entryRoom(lineBytes, undefined) + this.#pairBytes + valueBytes);
    const lineAt = start + this.#shift;
    const record = this.#recordsAt + this.#count * recordBytes;
    const end = this.#wasm.packLine(lineAt, lineAt + lineBytes, this.#end, record);
    if (end <= 0) return end === 0 ? 'odd' : 'unknown';
    this.#end = end;
    this.#count += 1;
    return 'packed';
  }

  /** Adds an entry that the stages made, with the number of its labels. */
  append({ seconds, nanos, line, metadata }: Entry, labels: number): void {
    const lineBytes = line.byteLength;
    this.#ensure(this.#end + entryRoom(lineBytes, metadata));
    const end = writeEntry(this.#bytes, this.#end, seconds, nanos, line, lineBytes, metadata);
    const record = this.#count * recordWords.count;
    this.#seconds[record >> 1] = seconds;
    const words = this.#words;
    words[record + recordWords.nanos] = nanos;
    words[record + recordWords.labels] = labels;
    words[record + recordWords.end] = end;
    words[record + recordWords.lineEnd] = end - (metadata === undefined ? 0 : metadata.end - metadata.start);
    words[record + recordWords.lineBytes] = lineBytes;
    words[record + recordWords.size] = lineBytes + (metadata?.size ?? 0);
    this.#end = end;
    this.#count += 1;
  }

  /** The combination of the line that was packed last, or was not. */
  get combination(): number {
    return this.#wasm.packedCombination();
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
    const room = this.#wasm.room() + nameBytes + overrun;
    if (room > this.#bytes.length) this.#instance.grow(room);
    this.#bytes = this.#instance.memory;
    const at = this.#wasm.addPair(output, nameBytes);
    this.#bytes[at] = nameTag;
    text.copy(this.#bytes, writeVarint(this.#bytes, at + 1, text.length));
    this.#pairBytes += nameBytes + maxFraming;
  }

  #copyLines(block: LineBlock): void {
    const first = block.starts[0]!;
    const end = block.ends[block.length - 1]! + 1;
    this.#entriesAt = this.#linesAt + end - first + overrun;
    this.#ensure(this.#entriesAt);
    block.bytes.copy(this.#bytes, this.#linesAt, first, end);
    this.#shift = this.#linesAt - first;
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

/** Up to the next address where words of eight bytes may stand. */
function aligned(address: number): number {
  return Math.ceil(address / 8) * 8;
}
