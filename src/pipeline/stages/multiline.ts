import { mergeStakes, type Stake } from '../../entry/ack.js';
import { Entry } from '../../entry/entry.js';
import { Line } from '../../entry/line.js';
import { weakRegexp } from '../../fields/go-regexp.js';
import { required, stageStruct, type Value, withDefault } from '../../fields/schema.js';
import { weakDuration, weakUint } from '../../fields/stage-fields.js';
import type { Stage, StageKind } from '../stage.js';

const schema = stageStruct({
  firstline: required(weakRegexp),
  max_wait_time: withDefault(weakDuration, 3000),
  max_lines: withDefault(weakUint, 128),
});

type Options = Value<typeof schema>;

/** Joins the lines of a stream into blocks that begin where `firstline` matches. */
export const multiline: StageKind<Options> = {
  name: 'multiline',
  schema,
  build: (options, { now }) => new Multiline(options, now),
};

class Multiline implements Stage {
  readonly #options: Options;
  readonly #now: () => number;
  readonly #blocks = new Map<string, Block>();

  constructor(options: Options, now: () => number) {
    this.#options = options;
    this.#now = now;
  }

  process(entries: Entry[]): Entry[] {
    const out: Entry[] = [];
    const dueAtMs = this.#now() + this.#options.max_wait_time;
    for (const entry of entries) this.#take(entry, dueAtMs, out);
    return out;
  }

  flush(nowMs: number): Entry[] {
    const out: Entry[] = [];
    for (const block of this.#blocks.values()) if (block.dueAtMs <= nowMs) block.emit(out);
    return out;
  }

  dueAt(): number | undefined {
    let due = Number.POSITIVE_INFINITY;
    for (const block of this.#blocks.values()) due = Math.min(due, block.dueAtMs);
    return due === Number.POSITIVE_INFINITY ? undefined : due;
  }

  #take(entry: Entry, dueAtMs: number, out: Entry[]): void {
    const isFirst = this.#options.firstline.test(entry.line.text);
    let block = this.#blocks.get(entry.labels.key);
    if (block === undefined) {
      // Until a stream's first line there is no block to add to.
      if (!isFirst) {
        out.push(entry);
        return;
      }
      block = new Block(entry);
      this.#blocks.set(entry.labels.key, block);
    } else if (isFirst) {
      block.emit(out);
      block.startWith(entry);
    }
    const lines = block.add(entry, dueAtMs);
    if (lines === this.#options.max_lines) block.emit(out);
  }
}

/** What is collected for one stream. Once sent, further lines begin another block in the name of the same first line. */
class Block {
  /** Gives the block its labels, time and extracted values. */
  #first!: Entry;
  #text = '';
  #lines = 0;
  #stakes: Stake[] = [];
  #dueAtMs = Number.POSITIVE_INFINITY;

  constructor(first: Entry) {
    this.startWith(first);
  }

  startWith(first: Entry): void {
    first.extracted?.keep();
    this.#first = first;
  }

  /** When the block has waited long enough; never while there is nothing to send. */
  get dueAtMs(): number {
    return this.#text === '' ? Number.POSITIVE_INFINITY : this.#dueAtMs;
  }

  /** Returns how many lines there are. Empty ones at the start count, but leave no trace: they are done with. */
  add(entry: Entry, dueAtMs: number): number {
    this.#text = this.#text === '' ? entry.line.text : `${this.#text}\n${entry.line.text}`;
    if (this.#text === '') entry.ack.done(entry.lines);
    else this.#stakes.push({ ack: entry.ack, lines: entry.lines });
    this.#dueAtMs = dueAtMs;
    this.#lines += 1;
    return this.#lines;
  }

  emit(out: Entry[]): void {
    if (this.#text === '') return;
    const { labels, seconds, nanos, extracted } = this.#first;
    const { ack, lines } = mergeStakes(this.#stakes);
    const block = new Entry(labels, seconds, nanos, Line.ofText(this.#text), ack);
    block.lines = lines;
    // A copy, as the stages behind change it and the first line may stand for another block.
    block.extracted = extracted?.copy();
    out.push(block);
    this.#text = '';
    this.#lines = 0;
    this.#stakes = [];
  }
}
