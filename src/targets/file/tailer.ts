import type { Logger } from 'pino';
import { Entry } from '../../entry/entry.js';
import { Line } from '../../entry/line.js';
import type { FileMetrics, FileNumbers } from '../../metrics/file-metrics.js';
import type { FileMark } from '../../positions/identity-file.js';
import type { PositionStore } from '../../positions/position-store.js';
import { unlessAborted } from '../unless-aborted.js';
import { WakeUp } from '../wake-up.js';
import type { DirectoryWatch } from './directory-watch.js';
import type { Encoding } from './encodings.js';
import type { FileClaims, Follower } from './file-claims.js';
import { printGap } from './gap.js';
import type { LineOutlet } from './line-reader.js';
import { Lineage } from './lineage.js';
import { PathFollower } from './path-follower.js';
import type { PathReader, ReaderState } from './path-reader.js';
import type { PollOptions } from './poll-pace.js';
import { prunedInSeconds } from './pruning.js';
import type { ReadBuffers } from './read-buffers.js';
import type { Segment } from './segment.js';

export interface TailerOptions extends PollOptions {
  readonly path: string;
  readonly reader: string;
  /** See `LineageDeps`. */
  readonly hasSiblings: boolean;
  readonly isOthers: (live: Segment) => Promise<boolean>;
  readonly inheritance: (segment: Segment) => Promise<FileMark | undefined>;
  /** What is known of the file from its time under another name. */
  readonly inherited: FileMark | undefined;
  readonly encoding: Encoding | undefined;
  readonly outlet: Omit<LineOutlet, 'signal'>;
}

export interface TailerDeps {
  readonly positions: PositionStore;
  readonly claims: FileClaims;
  readonly watch: DirectoryWatch;
  readonly buffers: ReadBuffers;
  readonly metrics: FileMetrics;
  readonly log: Logger;
  readonly now: () => number;
}

/** A file whose writer may not have noticed the rename is kept for this long after it was read to its end. */
const lateForMs = 30_000;
const latePollMs = 250;
/** After an error: wait, longer each time. Nothing that happens to one file ends the agent. */
const minRetryMs = 250;
const maxRetryMs = 30_000;
/** So long a new reader of a path waits for what the one before it has handed on; some of that may be held for good. */
const settleForMs = 5000;
const settlePollMs = 20;
/** Turns before another file of the job may have the buffer. */
const turnsInARow = 8;

/** Reads what one path stands for, from where it was left, for as long as it is there. */
export class Tailer implements PathReader {
  readonly path: string;
  readonly #options: TailerOptions;
  readonly #deps: TailerDeps;
  readonly #abort = new AbortController();
  readonly #outlet: LineOutlet;
  readonly #lineage: Lineage;
  readonly #wake = new WakeUp();
  readonly #follower: Follower;
  #following: PathFollower | undefined;
  #loop: Promise<void> = Promise.resolve();
  #closeTracked: (() => void) | undefined;
  #state: ReaderState['state'] = 'starting';
  #lastError: string | undefined;
  #lookError: string | undefined;
  #settleUntilMs: number | undefined;
  #lastLateTurn = 0;
  /** Something was written just now. */
  #isFresh = false;

  constructor(options: TailerOptions, deps: TailerDeps) {
    this.path = options.path;
    this.#options = options;
    this.#deps = deps;
    this.#outlet = { ...options.outlet, signal: this.#abort.signal };
    this.#lineage = new Lineage({ ...options, ...deps });
    this.#follower = { catchUp: () => this.#catchUp() };
  }

  /** Finds where to begin, and begins. Fulfilled when it is known which files are this path's. */
  async start(): Promise<void> {
    this.#deps.claims.follow(this.path, this.#follower);
    const begun = !this.#deps.positions.isSettling(this.path) && (await this.#tryToBegin());
    this.#loop = this.#run(begun);
  }

  /** Ends reading at once. What is on its way may still be settled, and then counts. */
  async stop(): Promise<void> {
    const { claims } = this.#deps;
    this.#abort.abort();
    this.#following?.close();
    await this.#loop;
    await this.#lineage.close();
    claims.unfollow(this.path, this.#options.reader, this.#follower);
    this.#closeTracked?.();
  }

  /** The path is gone, and everything that was there is read. */
  get isOver(): boolean {
    const { hasLive, segments } = this.#lineage;
    return this.#closeTracked !== undefined && !hasLive && segments.every(({ state }) => state === 'done');
  }

  get state(): ReaderState {
    const newest = this.#lineage.newest;
    const unread = this.#lineage.segments.filter((segment) => segment.state === 'reading');
    const rotated = unread.filter((segment) => segment !== newest || !this.#lineage.hasLive);
    return {
      path: this.path,
      state:
        this.#state !== 'starting' && !this.#lineage.hasLive && unread.length === 0 ? 'gone' : this.#state,
      offset: newest?.offset ?? 0,
      acknowledged: newest?.progress.settledTo ?? 0,
      size: newest?.contentBytes ?? 0,
      lagBytes: unread.reduce((sum, segment) => sum + Math.max(0, segment.contentBytes - segment.offset), 0),
      backlogFiles: rotated.length,
      prunedInSeconds:
        rotated[0] && prunedInSeconds(rotated[0].path, this.#lineage.rotated, this.#deps.now()),
      lastError: this.#lastError ?? this.#lookError,
    };
  }

  get numbers(): FileNumbers {
    const { path, offset, size, lagBytes, backlogFiles, prunedInSeconds } = this.state;
    const unsettled = this.#lineage.segments.map(({ progress }) => progress.readTo - progress.settledTo);
    return {
      path,
      fileBytes: size,
      readBytes: offset,
      backlogBytes: lagBytes,
      backlogFiles,
      unsettledBytes: unsettled.reduce((sum, bytes) => sum + bytes, 0),
      prunedInSeconds,
    };
  }

  async #tryToBegin(): Promise<boolean> {
    const { positions } = this.#deps;
    const { reader, inherited } = this.#options;
    try {
      await this.#lineage.begin(positions.filePosition(this.path, reader), inherited);
    } catch (error) {
      this.#note(error);
      return false;
    }
    const tracked = positions.track(this.path, reader, this.#lineage);
    this.#closeTracked = () => tracked.close();
    return true;
  }

  async #run(begun: boolean): Promise<void> {
    const { signal } = this.#abort;
    let retryMs = minRetryMs;
    let isBegun = begun;
    if (isBegun) this.#follow();
    while (!signal.aborted) {
      try {
        if (isBegun) await this.#step();
        else if (await this.#predecessorSettles()) continue;
        else if (await this.#tryToBegin()) {
          isBegun = true;
          this.#follow();
        }
        if (isBegun) retryMs = minRetryMs;
      } catch (error) {
        if (signal.aborted) return;
        this.#note(error);
      }
      if (this.#state !== 'failing') continue;
      await this.#wake.sleep(retryMs, signal);
      retryMs = Math.min(maxRetryMs, retryMs * 2);
    }
  }

  /** After a reload: waits, for a while, until what was read before it is through. It would be sent twice. */
  async #predecessorSettles(): Promise<boolean> {
    const { positions, now } = this.#deps;
    this.#settleUntilMs ??= now() + settleForMs;
    if (!positions.isSettling(this.path) || now() >= this.#settleUntilMs) return false;
    await this.#wake.sleep(settlePollMs, this.#abort.signal);
    return true;
  }

  /** One thing at a time: a stretch of reading, what comes after the end of a file, or sleep. */
  async #step(): Promise<void> {
    const segment = this.#lineage.current;
    const isBegun = segment !== undefined && (await this.#isBegun(segment));
    await this.#readLate(isBegun);
    if (segment === undefined) return this.#rest();
    if (segment.gap !== undefined) await this.#tellGap(segment);
    const end = isBegun ? await this.#read(segment) : 'end';
    this.#recovered(end === 'end' ? 'waiting' : 'reading');
    if (end === 'changed') await this.#lineage.restart(segment);
    else if (end === 'end' && segment.state === 'reading') await this.#afterEnd(segment);
  }

  /** At its end: the live file is waited for; a rotated one is finished, and the next one's turn comes. */
  async #afterEnd(segment: Segment): Promise<void> {
    if (segment === this.#lineage.newest) {
      if (this.#lineage.hasLive || !(await this.#lineage.look())) await this.#restAtEnd(segment);
      return;
    }
    if (!segment.isDrained) {
      // What was read before we knew of the rename need not have been the end.
      segment.isDrained = true;
      return;
    }
    await this.#finishOrWait(segment);
  }

  async #restAtEnd(segment: Segment): Promise<void> {
    if (this.#lineage.hasLive) return this.#rest();
    // The path is gone and nothing has come after it yet.
    if (!segment.isDrained) {
      segment.isDrained = true;
      return;
    }
    await this.#finishOrWait(segment);
  }

  /** A rotated file is finished when its writer is known to be done with it, or has not written for a while. */
  async #finishOrWait(segment: Segment): Promise<void> {
    await segment.refresh();
    const now = this.#deps.now();
    const isOld = now - segment.look.modifiedMs > lateForMs;
    if (segment.isFinal || isOld || !this.#options.hasSiblings) return this.#finish(segment);
    segment.state = 'late';
    segment.lateUntilMs = now + lateForMs;
  }

  async #rest(): Promise<void> {
    this.#lineage.prune();
    await this.#wake.sleep(this.#hasLate ? latePollMs : Number.POSITIVE_INFINITY, this.#abort.signal);
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
    const now = this.#deps.now();
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
    const reader = segment.reader(this.#outlet, this.#options.encoding);
    if (await reader.finish()) this.#deps.metrics.fragments.inc();
    segment.state = 'done';
    await segment.close();
    this.#lineage.prune();
  }

  async #read(segment: Segment): Promise<'more' | 'end' | 'changed'> {
    const { buffers } = this.#deps;
    const reader = segment.reader(this.#outlet, this.#options.encoding);
    const buffer = await buffers.take(this.#abort.signal);
    let isOurs = true;
    try {
      for (let turns = 0; turns < turnsInARow; turns++) {
        const { look } = segment;
        // Nothing before the offset tells that these are other bytes.
        if (segment.offset === 0 && !(await segment.isAsItWas())) return 'changed';
        const end = await reader.turn(buffer, this.#isFresh);
        this.#isFresh = false;
        if (end === 'changed') return end;
        segment.wasRead(look);
        if (end === 'end') return end;
      }
      return 'more';
    } catch (error) {
      // Whoever was handed its lines may still be looking at them.
      isOurs = !this.#abort.signal.aborted;
      if (!segment.isCompressed || this.#abort.signal.aborted) throw error;
      this.#note(error);
      await this.#lineage.giveUp(segment);
      return 'end';
    } finally {
      if (isOurs) buffers.give(buffer);
    }
  }

  async #tellGap(segment: Segment): Promise<void> {
    const { labels, clock, now, sink, signal } = this.#outlet;
    const gap = segment.gap!;
    segment.gap = undefined;
    const chunk = segment.progress.begin();
    clock.tick(now());
    const line = Line.ofText(printGap(gap, this.path));
    chunk.close(segment.offset, 1);
    const wait = sink.push([new Entry(labels, clock.seconds, clock.nanos, line, chunk.ack)]);
    if (wait !== undefined) await unlessAborted(wait, signal);
  }

  /** From here on, changes wake the loop, and renames are looked into even while the loop waits for Loki. */
  #follow(): void {
    const isWaiting = () => this.#state === 'waiting';
    this.#following = new PathFollower(this.path, this.#deps.watch, this.#options, {
      written: () => {
        this.#isFresh = true;
        this.#wake.call();
        // It may be cut before its turn comes: what is there is known by then.
        if (this.#lineage.hasLive && !this.#lineage.newest!.isHeadWhole) void this.#look();
      },
      look: () => this.#look(),
      get isWaiting() {
        return isWaiting();
      },
    });
  }

  async #catchUp(): Promise<boolean> {
    await this.#look();
    const { hasLive, newest } = this.#lineage;
    if (!hasLive || newest === undefined) return false;
    if (await newest.isAsItWas()) return true;
    this.#wake.call();
    return false;
  }

  async #look(): Promise<boolean> {
    try {
      const hasFound = await this.#lineage.look();
      this.#lookError = undefined;
      if (hasFound) this.#wake.call();
      return hasFound;
    } catch (error) {
      if (!this.#abort.signal.aborted) this.#noteLook(error as NodeJS.ErrnoException);
      return false;
    }
  }

  /** The path cannot be looked at. What is open is read on. */
  #noteLook({ code = 'unknown', message }: NodeJS.ErrnoException): void {
    const { metrics, log } = this.#deps;
    metrics.errors.inc({ code });
    if (this.#lookError !== message)
      log.error({ path: this.path, reason: message }, 'cannot look at the path; trying again');
    this.#lookError = message;
  }

  #note(error: unknown): void {
    const { metrics, log } = this.#deps;
    const { code = 'unknown', message } = error as NodeJS.ErrnoException;
    metrics.errors.inc({ code });
    if (this.#lastError !== message) {
      log.error({ path: this.path, err: error }, 'cannot read the file; trying again');
    }
    this.#lastError = message;
    this.#state = 'failing';
  }

  #recovered(state: 'waiting' | 'reading'): void {
    if (this.#state === 'failing') this.#deps.log.info({ path: this.path }, 'the file can be read again');
    this.#state = state;
    this.#lastError = undefined;
  }
}
