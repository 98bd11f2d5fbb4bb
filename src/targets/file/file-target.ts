import { basename } from 'node:path';
import type { Logger } from 'pino';
import type { LabelSets } from '../../entry/labels.js';
import type { ReadClock } from '../../entry/read-clock.js';
import type { Sink } from '../../entry/sink.js';
import type { FileMetrics, FileNumbers } from '../../metrics/file-metrics.js';
import type { FileMark } from '../../positions/identity-file.js';
import type { PositionStore } from '../../positions/position-store.js';
import type { Target } from '../target.js';
import { CompressedReader, type Decompression } from './compressed-reader.js';
import { CoveredPaths } from './covered-paths.js';
import type { DirectoryWatch } from './directory-watch.js';
import { type Encoding, parseEncoding } from './encodings.js';
import { lookAt } from './family.js';
import type { FileClaims } from './file-claims.js';
import type { FileLook } from './file-identity.js';
import type { FreshTurns } from './fresh-turns.js';
import type { LocalDisks } from './local-disks.js';
import { PathGlob } from './path-glob.js';
import type { PathReader } from './path-reader.js';
import type { PollOptions } from './poll-pace.js';
import type { ReadBuffers } from './read-buffers.js';
import { parseRotatedName } from './rotated-name.js';
import type { Segment } from './segment.js';
import { Tailer } from './tailer.js';

export interface FileTargetOptions extends PollOptions {
  readonly jobName: string;
  /** `__path__` and `__path_exclude__` (or ''). */
  readonly path: string;
  readonly exclude: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly discoveredLabels: ReadonlyMap<string, string>;
  /** An IANA name; undefined: the bytes are taken as they are. */
  readonly encoding: string | undefined;
  /** All files of the target are compressed so; undefined: none is. */
  readonly decompression: Decompression | undefined;
  /** How often to look for files that no watch told of. */
  readonly syncPeriodMs: number;
}

/** What all file targets of an agent share. */
export interface SharedFileDeps {
  readonly positions: PositionStore;
  readonly claims: FileClaims;
  readonly watch: DirectoryWatch;
  readonly disks: Pick<LocalDisks, 'has'>;
  readonly metrics: FileMetrics;
  readonly labelSets: LabelSets;
  readonly clock: ReadClock;
  readonly now: () => number;
}

export interface FileTargetDeps extends SharedFileDeps {
  readonly sink: Sink;
  /** These two are the same for all file targets of a job. */
  readonly buffers: ReadBuffers;
  readonly fresh: FreshTurns;
  readonly log: Logger;
}

const maxLineBytes = 64 * 1024 * 1024;

/** All files of one path pattern: finds them, reads them, and notices when there are more or fewer. */
export class FileTarget implements Target {
  readonly type = 'File';
  readonly labels: ReadonlyMap<string, string>;
  readonly discoveredLabels: ReadonlyMap<string, string>;
  readonly #options: FileTargetOptions;
  readonly #deps: FileTargetDeps;
  readonly #glob: PathGlob;
  readonly #encoding: Encoding | undefined;
  /** Tells this target's readers from others of the same paths. */
  readonly #reader: string;
  readonly #tailers = new Map<string, PathReader>();
  readonly #covered: CoveredPaths;
  readonly #skipped = new Set<string>();
  readonly #listening = new Map<string, () => void>();
  #timer: NodeJS.Timeout | undefined;
  #turn: Promise<void> = Promise.resolve();
  #isStopped = false;
  #isSyncDue = false;
  #removeMetrics = () => {};
  readonly #countSkippedNuls = (bytes: number) => this.#deps.metrics.skippedNuls.inc(bytes);
  readonly #countCutLine = () => this.#deps.metrics.cutLines.inc();

  /** Throws when the pattern or the encoding cannot be understood. */
  constructor(options: FileTargetOptions, deps: FileTargetDeps) {
    this.#options = options;
    this.#deps = deps;
    this.labels = options.labels;
    this.discoveredLabels = options.discoveredLabels;
    this.#glob = new PathGlob(options.path, options.exclude);
    this.#encoding = options.encoding === undefined ? undefined : parseEncoding(options.encoding);
    this.#reader = JSON.stringify([options.jobName, options.path, options.exclude, [...options.labels]]);
    this.#covered = new CoveredPaths(this.#reader, deps);
  }

  get isReady(): boolean {
    return this.#tailers.size > 0;
  }

  /** Fulfilled when all files that are there now are being read. */
  async start(): Promise<void> {
    const { metrics } = this.#deps;
    metrics.targetsActive.inc();
    const removeSource = metrics.addSource(() => this.#numbers());
    this.#removeMetrics = () => {
      metrics.targetsActive.dec();
      removeSource();
    };
    this.#covered.start();
    await this.#inTurn(async () => {
      await this.#sync();
      await this.#readOnWhatIsGone();
    });
    this.#timer = setInterval(() => this.#syncSoon(), Math.max(10, this.#options.syncPeriodMs));
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#timer);
    for (const stop of this.#listening.values()) stop();
    const stopped = [...this.#tailers.keys()].map((path) => this.#stopTailer(path));
    await this.#turn;
    await Promise.all([...stopped, ...[...this.#tailers.keys()].map((path) => this.#stopTailer(path))]);
    this.#covered.keepOnly(new Set());
    this.#removeMetrics();
  }

  details(): Record<string, unknown> {
    const files = [...this.#tailers.values()].map((tailer) => tailer.state);
    return { path: this.#options.path, files, readUnderAnotherPath: this.#covered.details };
  }

  *#numbers(): Iterable<FileNumbers> {
    for (const tailer of this.#tailers.values()) yield tailer.numbers;
    yield* this.#covered.numbers();
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    this.#turn = this.#turn.then(async () => {
      if (this.#isStopped) return;
      try {
        await work();
      } catch (error) {
        this.#deps.log.error({ path: this.#options.path, err: error }, 'cannot look for files; trying again');
      }
    });
    return this.#turn;
  }

  #syncSoon(): void {
    if (this.#isSyncDue) return;
    this.#isSyncDue = true;
    void this.#inTurn(async () => {
      this.#isSyncDue = false;
      await this.#sync();
    });
  }

  /** Compares what matches now with what is being read. */
  async #sync(): Promise<void> {
    const { paths, directories } = await this.#glob.find();
    this.#listenTo(directories);
    for (const [path, tailer] of this.#tailers) if (tailer.isOver) await this.#stopTailer(path);
    const there = new Set(paths);
    this.#covered.keepOnly(there);
    for (const path of this.#skipped) if (!there.has(path)) this.#skipped.delete(path);
    // Live files first: they find those that were rotated from them, which then are not read by themselves.
    const live = paths.filter((path) => parseRotatedName(basename(path)) === undefined);
    const rotated = paths.filter((path) => parseRotatedName(basename(path)) !== undefined);
    for (const path of [...live, ...rotated]) await this.#consider(path);
  }

  /** A path that was being read and is gone may still have rotated files that are not read to their end. Those of a rotated name are its base's. */
  async #readOnWhatIsGone(): Promise<void> {
    for (const [path, { files }] of [...this.#deps.positions.knownFiles()]) {
      const isOurs =
        files.length > 0 &&
        this.#glob.matches(path) &&
        !this.#tailers.has(path) &&
        this.#covered.baseOf(path) === undefined;
      if (isOurs && (await lookAt(path)) === undefined) await this.#startTailer(path, true, undefined);
    }
  }

  async #consider(path: string): Promise<void> {
    if (this.#isStopped || this.#tailers.has(path)) return;
    const look = await this.#lookAtFile(path);
    if (look === undefined) return;
    const base = this.#options.decompression === undefined ? this.#covered.baseOf(path) : undefined;
    if (base !== undefined && (await this.#covered.cover(path, base, look))) return;
    this.#covered.uncover(path);
    await this.#startTailer(path, base === undefined, await this.#covered.inheritance(path, look));
  }

  async #lookAtFile(path: string): Promise<FileLook | undefined> {
    try {
      const look = await lookAt(path);
      if (look === undefined && !this.#skipped.has(path)) {
        this.#skipped.add(path);
        this.#deps.log.info({ path }, 'not read: not a regular file, or gone');
      }
      return look;
    } catch (error) {
      this.#deps.metrics.errors.inc({ code: (error as NodeJS.ErrnoException).code ?? 'unknown' });
      if (!this.#skipped.has(path))
        this.#deps.log.error({ path, err: error }, 'cannot look at the file; trying again');
      this.#skipped.add(path);
      return undefined;
    }
  }

  async #startTailer(path: string, hasSiblings: boolean, inherited: FileMark | undefined): Promise<void> {
    const { metrics, log } = this.#deps;
    const reader = this.#buildReader(path, hasSiblings, inherited);
    this.#tailers.set(path, reader);
    metrics.filesActive.inc();
    log.info({ path }, 'tailing file');
    await reader.start();
  }

  #buildReader(path: string, hasSiblings: boolean, inherited: FileMark | undefined): PathReader {
    const { labelSets, sink, clock, now, metrics } = this.#deps;
    const labels = labelSets.of([...this.labels, ['filename', path]]);
    const outlet = {
      sink,
      labels,
      clock,
      now,
      maxLineBytes,
      countLines: (lines: number) => metrics.readLines.inc({ path }, lines),
      countSkippedNuls: this.#countSkippedNuls,
      countCutLine: this.#countCutLine,
    };
    const { decompression, minPollMs, maxPollMs } = this.#options;
    const common = {
      path,
      minPollMs,
      maxPollMs,
      reader: this.#reader,
      inherited,
      encoding: this.#encoding,
      outlet,
    };
    if (decompression !== undefined) return new CompressedReader({ ...common, decompression }, this.#deps);
    const isOthers = async (live: Segment) => !hasSiblings && (await this.#covered.isOthers(path, live));
    const inheritance = (segment: Segment) =>
      this.#covered.markOf(path, segment.look, (head) => segment.hasHead(head));
    return new Tailer({ ...common, hasSiblings, isOthers, inheritance }, this.#deps);
  }

  async #stopTailer(path: string): Promise<void> {
    const tailer = this.#tailers.get(path);
    if (tailer === undefined) return;
    this.#tailers.delete(path);
    await tailer.stop();
    this.#deps.metrics.filesActive.dec();
    this.#deps.metrics.readLines.remove({ path });
    this.#deps.log.info({ path }, 'stopped tailing file');
  }

  /** New names are looked at as they appear; a new folder may hold more. */
  #listenTo(directories: ReadonlySet<string>): void {
    for (const [directory, stop] of this.#listening) {
      if (directories.has(directory) && this.#deps.watch.isWatching(directory)) continue;
      stop();
      this.#listening.delete(directory);
    }
    for (const directory of directories) {
      if (this.#listening.has(directory)) continue;
      const stop = this.#deps.watch.listenToNames(directory, (path) => this.#nameMoved(path));
      if (stop !== undefined) this.#listening.set(directory, stop);
    }
  }

  #nameMoved(path: string): void {
    if (this.#tailers.has(path)) return;
    if (this.#glob.matches(path)) void this.#inTurn(() => this.#consider(path));
    else if (this.#glob.mayBeIn(path)) this.#syncSoon();
  }
}
