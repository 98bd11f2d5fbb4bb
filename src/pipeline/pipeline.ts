import type { Entry } from '../entry/entry.js';
import { ExtractedNames } from '../entry/extracted.js';
import type { LineBlock } from '../entry/line-block.js';
import { pushPacked, type Sink } from '../entry/sink.js';
import { countStageWork, countWork } from './optimising.js';
import { LinePacker } from './packing/line-packer.js';
import { LinePlan } from './packing/line-plan.js';
import { PackingMemory } from './packing/packing-memory.js';
import type { Stage } from './stage.js';

/** What a timer of Node can wait; past it, it fires at once. */
const longestTimerMs = 2 ** 31 - 1;

/**
 * The stages of one scrape config between its targets and the clients. Takes one array at a time; other targets wait their turn.
 * Entries that stages hold are sent when they are due.
 */
export class Pipeline implements Sink {
  readonly #stages: Stage;
  readonly #next: Sink;
  readonly #now: () => number;
  readonly #names = new ExtractedNames();
  /** Settled when the array that is being worked on, and those that wait behind it, are through. */
  #turn: Promise<void> | undefined;
  /** Made when the first lines come; null when there can be none. */
  #packer: LinePacker | null | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(stages: Stage, next: Sink, now: () => number) {
    this.#stages = stages;
    this.#next = next;
    this.#now = now;
  }

  push(entries: Entry[]): Promise<void> | undefined {
    return this.#inTurn(() => this.#process(entries));
  }

  /** Where the stages can be planned, nothing is made of most lines on the way to the clients. */
  pushLines(lines: LineBlock): Promise<void> | undefined {
    return this.#inTurn(() => {
      if (this.#packer === undefined) this.#packer = this.#plan();
      return this.#packer?.takes(lines)
        ? this.#packFrom(lines, lines.start, this.#packer)
        : this.#process(lines.entries());
    });
  }

  /** Sends what stages hold and may send; what they may not (parts of a split line) stays unsettled and is read again. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#inTurn(() => this.#flush(Number.POSITIVE_INFINITY));
  }

  #inTurn(work: () => Promise<void> | undefined): Promise<void> | undefined {
    const running = this.#turn === undefined ? work() : this.#turn.then(work);
    if (running === undefined) return undefined;
    const turn = running.finally(() => {
      if (this.#turn === turn) this.#turn = undefined;
    });
    this.#turn = turn;
    // A failure is the caller's; those that wait behind it go on.
    turn.catch(() => {});
    return turn;
  }

  #process(entries: Entry[]): Promise<void> | undefined {
    countStageWork(entries.length, this.#now());
    for (const entry of entries) entry.extracted = this.#names.startWith(entry.labels);
    return this.#pass(this.#stages.process(entries));
  }

  #packFrom(lines: LineBlock, from: number, packer: LinePacker): Promise<void> | undefined {
    const { packed, next } = packer.pack(lines, from);
    countWork(packed.count, this.#now());
    const wait = packed.count === 0 ? undefined : pushPacked(this.#next, packed);
    if (next >= lines.end) return wait;
    return wait === undefined
      ? this.#packFrom(lines, next, packer)
      : wait.then(() => this.#packFrom(lines, next, packer));
  }

  /** Null when it cannot be done. */
  #plan(): LinePacker | null {
    const plan = new LinePlan();
    if (!this.#stages.plan?.(plan) || plan.time === undefined || !PackingMemory.fits(plan)) return null;
    return new LinePacker(plan, (entry) => {
      countStageWork(1, this.#now());
      entry.extracted = this.#names.startWith(entry.labels);
      return (this.#stages.process([entry]) as Entry[])[0];
    });
  }

  #flush(nowMs: number): Promise<void> | undefined {
    const held = this.#stages.flush?.(nowMs);
    return held === undefined ? undefined : this.#pass(held);
  }

  #pass(processed: Entry[] | Promise<Entry[]>): Promise<void> | undefined {
    if (processed instanceof Promise) return processed.then((entries) => this.#pass(entries));
    this.#arm();
    return processed.length === 0 ? undefined : this.#next.push(processed);
  }

  #arm(): void {
    const due = this.#stages.dueAt?.();
    clearTimeout(this.#timer);
    if (due === undefined || this.#isClosed) return;
    const waitMs = Math.min(Math.max(0, due - this.#now()), longestTimerMs);
    this.#timer = setTimeout(() => this.#inTurn(() => this.#flush(this.#now())), waitMs);
  }
}
