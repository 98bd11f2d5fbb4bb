import type { Lineage } from './lineage.js';
import type { Segment } from './segment.js';
import type { SegmentReading } from './segment-reading.js';

export interface LineageReadingOptions {
  readonly lineage: Lineage;
  readonly reading: SegmentReading;
  /** See `SiblingsDeps`. */
  readonly hasSiblings: boolean;
  readonly now: () => number;
  countFragment(): void;
}

/** Who is told how it goes. */
export interface ReadingListener {
  /** `waiting`: all that was there is read. */
  hasRead(state: 'reading' | 'waiting'): void;
  /** A file is given up. */
  failed(cause: unknown): void;
}

/** A file whose writer may not have noticed the rename is kept for this long after it was read to its end. */
const lateForMs = 30_000;
const latePollMs = 250;

/** Reads the files of a lineage one after the other: each to its end, and for a while longer if it may still be written to. */
export class LineageReading {
  readonly #options: LineageReadingOptions;
  readonly #lineage: Lineage;
  readonly #reading: SegmentReading;
  readonly #listener: ReadingListener;
  #lastLateTurn = 0;

  constructor(options: LineageReadingOptions, listener: ReadingListener) {
    this.#options = options;
    this.#lineage = options.lineage;
    this.#reading = options.reading;
    this.#listener = listener;
  }

  /** The live file, while there is no other to be read. */
  get onlyLive(): Segment | undefined {
    const { newest, hasLive, current } = this.#lineage;
    return hasLive && newest === current && !this.#hasLate ? newest : undefined;
  }

  /**
   * One thing at a time: a stretch of reading, or what comes after the end of a file. Answers for how many ms there is nothing to do then,
   * unless something happens.
   */
  async step(): Promise<number> {
    const segment = this.#lineage.current;
    const isBegun = segment !== undefined && (await this.#isBegun(segment));
    await this.#readLate(isBegun);
    if (segment === undefined) return this.#rest();
    const { gap } = segment;
    segment.gap = undefined;
    if (gap !== undefined) await this.#reading.tellGap(segment, gap);
    const end = isBegun ? await this.#read(segment) : 'end';
    this.#listener.hasRead(end === 'end' ? 'waiting' : 'reading');
    if (end === 'changed') await this.#lineage.restart(segment);
    else if (end === 'end' && segment.state === 'reading' && (await this.#isAtRest(segment)))
      return this.#rest();
    return 0;
  }

  /** At its end: the live file is waited for; a rotated one is finished, and the next one's turn comes. */
  async #isAtRest(segment: Segment): Promise<boolean> {
    if (segment === this.#lineage.newest) {
      if (this.#lineage.hasLive) return true;
      if (await this.#lineage.look()) return false;
      if (this.#lineage.hasLive) return true;
      // The path is gone and nothing has come after it yet.
    }
    // What was read before we knew of the rename need not have been the end.
    if (segment.isDrained) await this.#finishOrWait(segment);
    else segment.isDrained = true;
    return false;
  }

  /** A rotated file is finished when its writer is known to be done with it, or has not written for a while. */
  async #finishOrWait(segment: Segment): Promise<void> {
    await segment.refresh();
    const now = this.#options.now();
    const isOld = now - segment.look.modifiedMs > lateForMs;
    if (segment.isFinal || isOld || !this.#options.hasSiblings) return this.#finish(segment);
    segment.state = 'late';
    segment.lateUntilMs = now + lateForMs;
  }

  #rest(): number {
    this.#lineage.prune();
    return this.#hasLate ? latePollMs : Number.POSITIVE_INFINITY;
  }

  /**
   * Whether to read in this file. While an older one may still be written to, only once there is something: then its writer has gone on to
   * this file, and what it wrote late comes first.
   */
  async #isBegun(segment: Segment): Promise<boolean> {
    if (!this.#hasLate || segment.seenTo > 0) return true;
    await segment.refresh();
    return segment.contentBytes > 0;
  }

  get #hasLate(): boolean {
    return this.#lineage.segments.some(({ state }) => state === 'late');
  }

  /** Looks again at files whose writers may not have noticed that they were renamed: every now and then, or when it `isTime`. */
  async #readLate(isTime: boolean): Promise<void> {
    const now = this.#options.now();
    if (!isTime && Math.abs(now - this.#lastLateTurn) < latePollMs) return;
    this.#lastLateTurn = now;
    for (const segment of this.#lineage.segments) {
      if (segment.state !== 'late') continue;
      let end = await this.#read(segment);
      while (end === 'more') end = await this.#read(segment);
      if (end === 'changed') await this.#lineage.restart(segment);
      else if (now >= segment.lateUntilMs) await this.#finish(segment);
    }
  }

  async #finish(segment: Segment): Promise<void> {
    if (await this.#reading.finish(segment)) this.#options.countFragment();
    segment.state = 'done';
    await segment.close();
    this.#lineage.prune();
  }

  async #read(segment: Segment): Promise<'more' | 'end' | 'changed'> {
    const end = await this.#reading.read(segment);
    if (end.kind !== 'broken') return end.kind;
    this.#listener.failed(end.cause);
    await this.#lineage.giveUp(segment);
    return 'end';
  }
}
