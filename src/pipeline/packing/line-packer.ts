import type { Entry } from '../../entry/entry.js';
import type { Labels } from '../../entry/labels.js';
import type { LineBlock } from '../../entry/line-block.js';
import type { PackedEntries } from '../../entry/packed-entries.js';
import type { LinePlan } from './line-plan.js';
import { maxCombinations, PackingMemory, stops } from './packing-memory.js';

/** Runs an entry through the stages that the plan is of; undefined: it was dropped, and is settled. */
export type RunStages = (entry: Entry) => Entry | undefined;

/** So many sets of labels that lines come with are told apart, before all are forgotten. */
const maxContexts = 1000;
/** When most lines of a block, and so many, were left to the stages, the blocks that follow are left to them whole, as many as this. */
const manyByStages = 100;
const blocksLeft = 15;

/**
 * Makes entries of lines without an object for any of them. What labels follow from a line's values is seen once, from what the stages make of the
 * first line that has these values; from then on an entry is made by packing. What is odd about a line, too, is left to the stages.
 */
export class LinePacker {
  readonly #plan: LinePlan;
  readonly #run: RunStages;
  readonly #memory: PackingMemory;
  /** The label sets of combinations, by their numbers; behind them those of entries that were made by the stages. */
  readonly #labels: (Labels | undefined)[] = [];
  #timesForgotten = 0;
  readonly #contexts = new Map<string, number>();
  #contextCount = 0;
  #lastLabels: Labels | undefined;
  #isForLabels = false;
  /** Of the block at hand, as far as it was looked at. */
  #lines = 0;
  /** Entries whose times the stages know. */
  #noted = 0;
  #byStages = 0;
  #blocksToLeave = 0;

  constructor(plan: LinePlan, run: RunStages) {
    this.#plan = plan;
    this.#run = run;
    this.#memory = new PackingMemory(plan);
  }

  /** Whether lines are to be packed; else the stages are to have them. */
  takes({ origin: { labels } }: LineBlock): boolean {
    if (this.#blocksToLeave > 0) {
      this.#blocksToLeave -= 1;
      return false;
    }
    if (labels !== this.#lastLabels) this.#turnTo(labels);
    return this.#isForLabels;
  }

  /**
   * Packs the lines from `from` on, an index into the block's bytes, as many as there is room for. Answers where it is to go on; what is packed is
   * valid until the next call.
   */
  pack(block: LineBlock, from: number): { readonly packed: PackedEntries; readonly next: number } {
    const memory = this.#memory;
    memory.begin(block);
    if (from === block.start) this.#lines = 0;
    this.#noted = 0;
    this.#byStages = 0;
    let next = from;
    while (next < block.end) {
      const before = memory.count;
      const stop = memory.pack(block, next);
      this.#lines += memory.count - before;
      next = memory.stoppedAt;
      if (stop === stops.done) break;
      if (stop === stops.full && memory.count > 0) break;
      const after = this.#takeByStages(block, next, stop);
      if (after === undefined) break;
      next = after;
    }
    this.#noteTimes(block);
    if (next >= block.end) block.noteLength(this.#lines);
    if (this.#byStages > manyByStages && this.#byStages > memory.count / 2) this.#blocksToLeave = blocksLeft;
    return { packed: memory.packed(this.#labels, block.origin.ack), next };
  }

  /** Takes the line that begins at `start`. Answers where the next one does; undefined when it is to be packed in another go. */
  #takeByStages(block: LineBlock, start: number, stop: number): number | undefined {
    const memory = this.#memory;
    if (memory.count > 0 && !memory.hasRoom) return undefined;
    if (memory.timesForgotten !== this.#timesForgotten) {
      // The numbers mean other combinations now, and what is packed has those from before.
      if (memory.count > 0) return undefined;
      this.#timesForgotten = memory.timesForgotten;
      this.#labels.length = 0;
    }
    const lineStart = block.lineStart(start);
    const lineEnd = block.lineEnd(lineStart);
    this.#noteTimes(block);
    this.#lines += 1;
    const entry = this.#run(block.entry(lineStart, lineEnd));
    if (entry === undefined) return lineEnd + 1;
    const number = this.#numberFor(stop === stops.unknown ? memory.stoppedCombination : maxCombinations);
    this.#labels[number] = entry.labels;
    memory.append(entry, number);
    this.#byStages += 1;
    this.#noted = memory.count;
    return lineEnd + 1;
  }

  #numberFor(combination: number): number {
    if (combination >= maxCombinations) return maxCombinations + this.#memory.count;
    this.#memory.learn(combination);
    return combination;
  }

  #turnTo(labels: Labels): void {
    this.#lastLabels = labels;
    this.#isForLabels = this.#plan.isFor(labels);
    let context = this.#contexts.get(labels.key);
    if (context === undefined) {
      if (this.#contexts.size === maxContexts) this.#contexts.clear();
      context = ++this.#contextCount;
      this.#contexts.set(labels.key, context);
    }
    this.#memory.setContext(context);
  }

  /** Tells the stages the times that they have not seen, before they look at an entry themselves. */
  #noteTimes({ origin: { labels, ack } }: LineBlock): void {
    const { noteTime, isTimeBeforeLabels } = this.#plan;
    const { count } = this.#memory;
    if (noteTime !== undefined && count > this.#noted) {
      const packed = this.#memory.packed(this.#labels, ack);
      for (let index = isTimeBeforeLabels ? count - 1 : this.#noted; index < count; index++)
        noteTime(
          isTimeBeforeLabels ? labels : packed.labels(index),
          packed.seconds(index),
          packed.nanos(index),
        );
    }
    this.#noted = count;
  }
}
