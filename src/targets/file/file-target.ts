import { basename, dirname, join } from 'node:path';
import type { Logger } from 'pino';
import type { LabelSets } from '../../entry/labels.js';
import type { ReadClock } from '../../entry/read-clock.js';
import type { Sink } from '../../entry/sink.js';
import type { FileMetrics, FileNumbers } from '../../metrics/file-metrics.js';
import type { FileMark } from '../../positions/identity-file.js';
import type { PositionStore } from '../../positions/position-store.js';
import type { Tracked } from '../../positions/tracked-positions.js';
import type { Target } from '../target.js';
import { CompressedReader, type Decompression } from './compressed-reader.js';
import type { DirectoryWatch } from './directory-watch.js';
import { type Encoding, parseEncoding } from './encodings.js';
import { headHash, lookAt } from './family.js';
import type { Claim, FileClaims } from './file-claims.js';
import type { FileLook } from './file-identity.js';
import { PathGlob } from './path-glob.js';
import type { PathReader } from './path-reader.js';
import type { PollOptions } from './poll-pace.js';
import type { ReadBuffers } from './read-buffers.js';
import { parseRotatedName } from './rotated-name.js';
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
  readonly metrics: FileMetrics;
  readonly labelSets: LabelSets;
  readonly clock: ReadClock;
  readonly now: () => number;
}

export interface FileTargetDeps extends SharedFileDeps {
  readonly sink: Sink;
  /** One for all file targets of a job. */
  readonly buffers: ReadBuffers;
  readonly log: Logger;
}

const maxLineBytes = 64 * 1024 * 1024;

/** A path that is matched and not read by itself, as what is there is read under another path. */
interface Covered {
  readonly claim: Claim | undefined;
  readonly tracked: Tracked | undefined;
  readonly look: FileLook;
}

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
  readonly #covered = new Map<string, Covered>();
  readonly #skipped = new Set<string>();
  readonly #listening = new Map<string, () => void>();
  #timer: NodeJS.Timeout | undefined;
  #turn: Promise<void> = Promise.resolve();
  #isStopped = false;
  #isSyncDue = false;
  #removeMetrics = () => {};

  /** Throws when the pattern or the encoding cannot be understood. */
  constructor(options: FileTargetOptions, deps: FileTargetDeps) {
    this.#options = options;
    this.#deps = deps;
    this.labels = options.labels;
    this.discoveredLabels = options.discoveredLabels;
    this.#glob = new PathGlob(options.path, options.exclude);
    this.#encoding = options.encoding === undefined ? undefined : parseEncoding(options.encoding);
    this.#reader = JSON.stringify([options.jobName, options.path, options.exclude, [...options.labels]]);
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
    for (const { tracked } of this.#covered.values()) tracked?.close();
    this.#removeMetrics();
  }

  details(): Record<string, unknown> {
    const files = [...this.#tailers.values()].map((tailer) => tailer.state);
    const covered = [...this.#covered].map(([path, { claim }]) => ({ path, readAs: claim?.path ?? null }));
    return { path: this.#options.path, files, readUnderAnotherPath: covered };
  }

  *#numbers(): Iterable<FileNumbers> {
    for (const tailer of this.#tailers.values()) yield tailer.numbers;
    for (const [path, { look }] of this.#covered) yield { path, fileBytes: look.size };
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
    for (const path of this.#covered.keys()) if (!there.has(path)) this.#uncover(path);
    for (const path of this.#skipped) if (!there.has(path)) this.#skipped.delete(path);
    // Live files first: they find those that were rotated from them, which then are not read by themselves.
    const live = paths.filter((path) => parseRotatedName(basename(path)) === undefined);
    const rotated = paths.filter((path) => parseRotatedName(basename(path)) !== undefined);
    for (const path of [...live, ...rotated]) await this.#consider(path);
  }

  /** A path that was being read and is gone may still have rotated files that are not read to their end. */
  async #readOnWhatIsGone(): Promise<void> {
    for (const [path, { files }] of [...this.#deps.positions.knownFiles()]) {
      const isOurs = files.length > 0 && this.#glob.matches(path) && !this.#tailers.has(path);
      if (isOurs && (await lookAt(path)) === undefined) await this.#startTailer(path, true, undefined);
    }
  }

  async #consider(path: string): Promise<void> {
    if (this.#isStopped || this.#tailers.has(path)) return;
    const look = await this.#lookAtFile(path);
    if (look === undefined) return;
    const base = this.#options.decompression === undefined ? this.#followedBase(path) : undefined;
    if (base !== undefined && (await this.#cover(path, base, look))) return;
    this.#uncover(path);
    await this.#startTailer(path, base === undefined, await this.#inherited(path, look));
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

  /** The path that this one is a rotated name of, if that is followed. */
  #followedBase(path: string): string | undefined {
    const name = parseRotatedName(basename(path));
    if (name === undefined) return undefined;
    const base = join(dirname(path), name.base);
    return this.#deps.claims.isFollowed(base) ? base : undefined;
  }

  /**
   * Leaves a rotated file to who reads it as part of `base`. A compressed one is never read as text. One that is a copy of the live file, or empty
   * yet, waits: it is about to become what the live file was.
   */
  async #cover(path: string, base: string, look: FileLook): Promise<boolean> {
    const { claims, positions } = this.#deps;
    const found = await claims.findUnder(base, path, look);
    const claim = found === 'undecided' ? undefined : found;
    const isWaiting =
      found === 'undecided' ||
      path.endsWith('.gz') ||
      look.size === 0 ||
      (await claims.isCopyUnder(base, path));
    if (claim === undefined && !isWaiting) return false;
    const before = this.#covered.get(path);
    if (before !== undefined && before.claim === claim) return true;
    this.#uncover(path);
    // Its own position tells a Promtail, and the next of us, how much of it is read.
    const tracked =
      claim === undefined
        ? undefined
        : positions.track(path, this.#reader, {
            position() {
              const mark = { ...claim.segment.mark(), path };
              return { value: String(mark.offset), files: [mark] };
            },
            isSettled: true,
          });
    this.#covered.set(path, { claim, tracked, look });
    return true;
  }

  #uncover(path: string): void {
    this.#covered.get(path)?.tracked?.close();
    this.#covered.delete(path);
  }

  /** What is known of the file from its time under another name of the same family: `app.log.1` becomes `app.log.2`. */
  async #inherited(path: string, look: FileLook): Promise<FileMark | undefined> {
    if (parseRotatedName(basename(path)) === undefined) return undefined;
    const { claims, positions } = this.#deps;
    const claim = await claims.find(this.#reader, path, look);
    if (claim !== undefined && claim.path !== path && isSameFamily(claim.path, path))
      return claim.segment.mark();
    for (const [known, { files }] of positions.knownFiles()) {
      if (known === path || !isSameFamily(known, path)) continue;
      for (const mark of files) {
        const mayBe = mark.ino === look.ino && mark.offset <= look.size;
        if (mayBe && (await headHash(path, false, mark.headBytes)) === mark.headHash) return mark;
      }
    }
    return undefined;
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
      countSkippedNuls: (bytes: number) => metrics.skippedNuls.inc(bytes),
      countCutLine: () => metrics.cutLines.inc(),
    };
    const { decompression } = this.#options;
    const common = {
      ...this.#options,
      path,
      reader: this.#reader,
      inherited,
      encoding: this.#encoding,
      outlet,
    };
    if (decompression !== undefined) return new CompressedReader({ ...common, decompression }, this.#deps);
    const isOthers = () => (hasSiblings ? Promise.resolve(false) : this.#isOthers(path));
    return new Tailer({ ...common, hasSiblings, isOthers }, this.#deps);
  }

  async #isOthers(path: string): Promise<boolean> {
    const look = await lookAt(path);
    const base = this.#followedBase(path);
    if (look === undefined || base === undefined) return false;
    return (await this.#deps.claims.findUnder(base, path, look)) !== undefined;
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
      const stop = this.#deps.watch.listen(directory, undefined, (event, path) => {
        if (event === 'moved') this.#nameMoved(path);
      });
      if (stop !== undefined) this.#listening.set(directory, stop);
    }
  }

  #nameMoved(path: string): void {
    if (this.#tailers.has(path)) return;
    if (this.#glob.matches(path)) void this.#inTurn(() => this.#consider(path));
    else if (this.#glob.mayBeIn(path)) this.#syncSoon();
  }
}

function isSameFamily(a: string, b: string): boolean {
  return dirname(a) === dirname(b) && familyName(basename(a)) === familyName(basename(b));
}

function familyName(name: string): string {
  return parseRotatedName(name)?.base ?? name;
}
