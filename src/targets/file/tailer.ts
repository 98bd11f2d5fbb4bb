import type { Buffer } from 'node:buffer';
import type { Logger } from 'pino';
import type { Entry } from '../../entry/entry.js';
import type { FileMetrics, FileNumbers } from '../../metrics/file-metrics.js';
import type { FileMark } from '../../positions/identity-file.js';
import type { PositionStore } from '../../positions/position-store.js';
import { WakeUp } from '../wake-up.js';
import { backlogOf } from './backlog.js';
import type { DirectoryWatch } from './directory-watch.js';
import type { Encoding } from './encodings.js';
import type { FileClaims, Follower } from './file-claims.js';
import { FileTrouble } from './file-trouble.js';
import type { FreshFile, FreshTurns } from './fresh-turns.js';
import type { LineOutlet } from './line-outlet.js';
import { Lineage } from './lineage.js';
import { LineageReading } from './lineage-reading.js';
import type { LocalDisks } from './local-disks.js';
import { PathFollower, type PathListener } from './path-follower.js';
import type { PathReader, ReaderState } from './path-reader.js';
import type { PollOptions } from './poll-pace.js';
import type { ReadBuffers } from './read-buffers.js';
import type { Segment } from './segment.js';
import { SegmentReading } from './segment-reading.js';

export interface TailerOptions extends PollOptions {
  readonly path: string;
  readonly reader: string;
  /** See `SiblingsDeps`. */
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
  readonly disks: Pick<LocalDisks, 'has'>;
  readonly fresh: FreshTurns;
  readonly buffers: ReadBuffers;
  readonly metrics: FileMetrics;
  readonly log: Logger;
  readonly now: () => number;
}

/** After an error: wait, longer each time. Nothing that happens to one file ends the agent. */
const minRetryMs = 250;
const maxRetryMs = 30_000;
/** So long a new reader of a path waits for what the one before it has handed on; some of that may be held for good. */
const settleForMs = 5000;
const settlePollMs = 20;

/** Reads what one path stands for, from where it was left, for as long as it is there. */
export class Tailer implements PathReader, FreshFile, PathListener, Follower {
  readonly path: string;
  readonly #options: TailerOptions;
  readonly #deps: TailerDeps;
  readonly #abort = new AbortController();
  readonly #lineage: Lineage;
  readonly #reading: SegmentReading;
  readonly #steps: LineageReading;
  readonly #trouble: FileTrouble;
  readonly #wake = new WakeUp();
  #following: PathFollower | undefined;
  #loop: Promise<void> = Promise.resolve();
  #closeTracked: (() => void) | undefined;
  #state: ReaderState['state'] = 'starting';
  /** All that was there is read, and nothing has happened since. */
  #isResting = false;
  #settleUntilMs: number | undefined;

  constructor(options: TailerOptions, deps: TailerDeps) {
    this.path = options.path;
    this.#options = options;
    this.#deps = deps;
    const { path, reader, hasSiblings, isOthers, inheritance, encoding } = options;
    const { claims, disks, metrics, log, buffers } = deps;
    // What it is told of is kept for each of perhaps thousands of files: so no more of it than is asked for.
    this.#lineage = new Lineage({
      path,
      reader,
      hasSiblings,
      isOthers,
      inheritance,
      claims,
      disks,
      metrics,
      log,
    });
    const outlet = { ...options.outlet, signal: this.#abort.signal };
    this.#reading = new SegmentReading({ path, encoding, outlet, buffers });
    this.#trouble = new FileTrouble(path, deps);
    this.#steps = this.#buildSteps();
  }

  /** Finds where to begin, and begins. Fulfilled when it is known which files are this path's. */
  async start(): Promise<void> {
    this.#deps.claims.follow(this.path, this);
    const begun = !this.#deps.positions.isSettling(this.path) && (await this.#tryToBegin());
    this.#loop = this.#run(begun);
  }

  /** Ends reading at once. What is on its way may still be settled, and then counts. */
  async stop(): Promise<void> {
    const { claims } = this.#deps;
    this.#abort.abort();
    this.#wake.call();
    this.#following?.close();
    await this.#loop;
    await this.#lineage.close();
    claims.unfollow(this.path, this.#options.reader, this);
    this.#closeTracked?.();
  }

  takeFresh(buffer: Buffer, entries: Entry[]): number | undefined {
    const segment = this.#isResting && !this.#abort.signal.aborted ? this.#steps.onlyLive : undefined;
    // Who knows all of its head need not look at it again before its lines are handed on.
    return segment?.isOpen && segment.knowsHead()
      ? this.#reading.readNow(segment, buffer, entries)
      : undefined;
  }

  readOn(): void {
    this.#reading.written();
    this.#wake.call();
  }

  failed(error: unknown): void {
    this.#failed(error);
    this.#wake.call();
  }

  get isWaiting(): boolean {
    return this.#state === 'waiting' && !this.#deps.fresh.isDue(this);
  }

  written(): void {
    this.#deps.fresh.add(this);
    // It may be cut before its turn comes: what is there is known by then.
    if (!this.#lineage.newest?.knowsHead()) void this.#tryTo(() => this.#lineage.growHead());
  }

  async look(): Promise<boolean> {
    const glanced = this.glance();
    if (glanced !== undefined) return glanced;
    const hasFound = await this.#tryTo(() => this.#lineage.look());
    if (hasFound) this.#wake.call();
    return hasFound === true;
  }

  glance(): boolean | undefined {
    const hasFound = this.#lineage.glance();
    if (hasFound !== undefined) this.#trouble.hasLooked();
    if (hasFound) this.#deps.fresh.add(this);
    return hasFound;
  }

  async catchUp(): Promise<boolean> {
    await this.look();
    const { hasLive, newest } = this.#lineage;
    if (!hasLive || newest === undefined) return false;
    if (await newest.isAsItWas()) return true;
    this.#wake.call();
    return false;
  }

  /** The path is gone, and everything that was there is read. */
  get isOver(): boolean {
    const { hasLive, segments } = this.#lineage;
    return this.#closeTracked !== undefined && !hasLive && segments.every(({ state }) => state === 'done');
  }

  get state(): ReaderState {
    const { newest, hasLive, segments } = this.#lineage;
    const { bytes, files, prunedInSeconds } = backlogOf(this.#lineage, this.#deps.now());
    const isGone =
      this.#state !== 'starting' && !hasLive && segments.every(({ state }) => state !== 'reading');
    return {
      path: this.path,
      state: isGone ? 'gone' : this.#state,
      offset: newest?.offset ?? 0,
      acknowledged: newest?.progress.settledTo ?? 0,
      size: newest?.contentBytes ?? 0,
      lagBytes: bytes,
      backlogFiles: files,
      prunedInSeconds,
      lastError: this.#trouble.last,
    };
  }

  get numbers(): FileNumbers {
    const { newest } = this.#lineage;
    const { bytes, files, unsettledBytes, prunedInSeconds } = backlogOf(this.#lineage, this.#deps.now());
    return {
      path: this.path,
      fileBytes: newest?.contentBytes ?? 0,
      readBytes: newest?.offset ?? 0,
      backlogBytes: bytes,
      backlogFiles: files,
      unsettledBytes,
      prunedInSeconds,
    };
  }

  async #tryToBegin(): Promise<boolean> {
    const { positions } = this.#deps;
    const { reader, inherited } = this.#options;
    try {
      await this.#lineage.begin(positions.filePosition(this.path, reader), inherited);
    } catch (error) {
      this.#failed(error);
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
        if (isBegun) {
          const restMs = await this.#steps.step();
          this.#isResting = restMs > 0;
          if (restMs > 0) await this.#wake.sleep(restMs);
          this.#isResting = false;
        } else if (await this.#predecessorSettles()) continue;
        else if (await this.#tryToBegin()) {
          isBegun = true;
          this.#follow();
        }
        if (isBegun) retryMs = minRetryMs;
      } catch (error) {
        if (signal.aborted) return;
        this.#failed(error);
      }
      if (this.#state !== 'failing') continue;
      await this.#wake.sleep(retryMs);
      retryMs = Math.min(maxRetryMs, retryMs * 2);
    }
  }

  /** After a reload: waits, for a while, until what was read before it is through. It would be sent twice. */
  async #predecessorSettles(): Promise<boolean> {
    const { positions, now } = this.#deps;
    this.#settleUntilMs ??= now() + settleForMs;
    if (!positions.isSettling(this.path) || now() >= this.#settleUntilMs) return false;
    await this.#wake.sleep(settlePollMs);
    return true;
  }

  #buildSteps(): LineageReading {
    const { metrics, now } = this.#deps;
    const { hasSiblings } = this.#options;
    return new LineageReading(
      {
        lineage: this.#lineage,
        reading: this.#reading,
        hasSiblings,
        now,
        countFragment: () => metrics.fragments.inc(),
      },
      {
        hasRead: (state) => this.#recovered(state),
        failed: (cause) => this.#failed(cause),
      },
    );
  }

  /** From here on, changes wake the loop, and renames are looked into even while the loop waits for Loki. */
  #follow(): void {
    this.#following = new PathFollower(this.path, this.#deps.watch, this.#options, this);
  }

  /** Undefined: the path cannot be looked at. */
  async #tryTo<T>(look: () => Promise<T>): Promise<T | undefined> {
    try {
      const found = await look();
      this.#trouble.hasLooked();
      return found;
    } catch (error) {
      if (!this.#abort.signal.aborted) this.#trouble.cannotLook(error);
      return undefined;
    }
  }

  #failed(error: unknown): void {
    this.#trouble.cannotRead(error);
    this.#state = 'failing';
  }

  #recovered(state: 'waiting' | 'reading'): void {
    if (this.#state === 'failing') this.#deps.log.info({ path: this.path }, 'the file can be read again');
    this.#state = state;
    this.#trouble.hasRead();
  }
}
