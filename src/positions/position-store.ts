import type { Logger } from 'pino';
import type { PositionsMetrics } from '../metrics/positions-metrics.js';
import {
  type FileMark,
  type FilePosition,
  IdentityFilePrinter,
  type IdentityRecord,
} from './identity-file.js';
import { MissingPaths } from './missing-paths.js';
import type { Positions } from './positions.js';
import { PositionsLock, PositionsLockedError } from './positions-lock.js';
import { PositionsPrinter } from './positions-yaml.js';
import { identityPathOf, readStored, type Stored } from './read-stored.js';
import { type PositionSource, type Tracked, TrackedPositions } from './tracked-positions.js';
import { writeWhole } from './write-whole.js';

export interface PositionsOptions {
  readonly filename: string;
  readonly ignoreInvalidYaml: boolean;
  /** Dry run: read, never written, not locked. */
  readonly isReadOnly: boolean;
}

export interface PositionsDeps {
  readonly log: Logger;
  readonly metrics: PositionsMetrics;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

const saveSoonMs = 50;
/** A start finds file after file: to write down each new one takes at most one part in so many of the time. */
const restPerSave = 10;
const nothing: Stored = { records: new Map(), values: new Map() };

/**
 * Positions on the disk: positions.yaml as Promtail has it, and the identity file beside it. Saved every sync_period and at the end;
 * a failure is counted and tried again, and never holds up reading.
 */
export class PositionStore implements Positions {
  readonly #options: PositionsOptions;
  readonly #deps: PositionsDeps;
  readonly #values: Map<string, string>;
  readonly #files: Map<string, readonly FileMark[]>;
  readonly #lock: PositionsLock | undefined;
  readonly #tracked: TrackedPositions;
  readonly #missing: MissingPaths;
  readonly #yamlPrinter = new PositionsPrinter();
  readonly #identityPrinter = new IdentityFilePrinter();
  /** What the two files hold now; undefined: not known. */
  #yamlOnDisk: string | undefined;
  #identityOnDisk: string | undefined;
  #valuesOnDisk: ReadonlyMap<string, string>;
  #timer: NodeJS.Timeout | undefined;
  #saving: Promise<void> = Promise.resolve();
  #isSaving = false;
  #isSaveDue = false;
  #isFailing = false;
  /** How long the last save took. */
  #saveMs = 0;

  private constructor(
    options: PositionsOptions,
    deps: PositionsDeps,
    { records, values }: Stored,
    lock: PositionsLock | undefined,
  ) {
    this.#options = options;
    this.#deps = deps;
    this.#values = new Map([...records].map(([key, record]) => [key, record.value]));
    this.#files = new Map([...records].map(([key, record]) => [key, record.files]));
    this.#valuesOnDisk = values ?? this.#values;
    this.#lock = lock;
    this.#tracked = new TrackedPositions(deps.now);
    this.#missing = new MissingPaths(deps.now);
  }

  /** Throws, with a message for people, when the file cannot be used: it is broken, unreadable, or another agent has it. */
  static async open(options: PositionsOptions, deps: PositionsDeps): Promise<PositionStore> {
    const { filename, isReadOnly } = options;
    const lock = isReadOnly ? undefined : await takeLock(filename, deps.log);
    try {
      const stored = await readStored(filename, options.ignoreInvalidYaml, deps.log);
      const store = new PositionStore(options, deps, stored ?? nothing, lock);
      // So that from now on a missing file is one that was deleted, and not one that we were killed before we wrote it.
      if (stored === undefined) await store.save();
      else if (stored.values === undefined) await store.#repair();
      return store;
    } catch (error) {
      await lock?.release();
      throw error;
    }
  }

  /** Saves every so often from now on. */
  start(syncPeriodMs: number): void {
    if (this.#options.isReadOnly) return;
    clearInterval(this.#timer);
    this.#timer = setInterval(
      () => {
        if (!this.#isSaving) void this.save().then(() => this.#forgetMissing());
      },
      Math.max(10, syncPeriodMs),
    );
    this.#timer.unref();
  }

  /** Saves what is settled by now and gives the file up. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.save();
    // Once more, so that the identity file no longer takes the values before this save for possible ones.
    await this.save();
    await this.#lock?.release();
  }

  get(key: string): string | undefined {
    return this.#tracked.current(key)?.value ?? this.#values.get(key);
  }

  put(key: string, value: string): void {
    this.#values.set(key, value);
    this.#files.delete(key);
  }

  remove(key: string): void {
    this.#values.delete(key);
    this.#files.delete(key);
    this.#tracked.remove(key);
  }

  /** Where reading of a path resumes, for this reader. `files` is empty when only the value is known: it was a Promtail's, or edited. */
  filePosition(path: string, reader: string): FilePosition | undefined {
    const tracked = this.#tracked.currentOf(path, reader) ?? this.#tracked.current(path);
    if (tracked !== undefined) return tracked;
    const value = this.#values.get(path);
    return value === undefined ? undefined : { value, files: this.#files.get(path) ?? [] };
  }

  /** All that is known about files, whatever path they stand under. */
  *knownFiles(): Iterable<[path: string, position: FilePosition]> {
    this.#takeTracked();
    for (const [path, files] of this.#files) yield [path, { value: this.#values.get(path)!, files }];
  }

  /**
   * From now on the position of `path` is what `source` says. Several readers may have one path (two jobs, two sets of labels): what is
   * saved is the position of the one that is furthest behind, where Promtail's last one wins and the others lose lines.
   */
  track(path: string, reader: string, source: PositionSource): Tracked {
    if (!this.#values.has(path)) this.#saveSoon();
    return this.#tracked.add(path, reader, source);
  }

  /** Whether readers of this path that have ended (a reload) have lines on their way: who begins now would read those again. */
  isSettling(path: string): boolean {
    return this.#tracked.isSettling(path);
  }

  /** Writes what has changed since the last time. Never throws. */
  save(): Promise<void> {
    if (this.#options.isReadOnly) return Promise.resolve();
    this.#isSaving = true;
    this.#isSaveDue = false;
    this.#saving = this.#saving
      .then(() => this.#saveNow())
      .finally(() => {
        this.#isSaving = false;
      });
    return this.#saving;
  }

  /** positions.yaml says again what our copy says, before that copy goes on. */
  async #repair(): Promise<void> {
    if (this.#options.isReadOnly) return;
    await this.#write('yaml', this.#yamlPrinter.print(this.#values)).catch((error) =>
      this.#noteFailure(error),
    );
  }

  /** A file that nobody knows of is not looked for, if it is rotated away before the agent starts again. */
  #saveSoon(): void {
    if (this.#isSaveDue) return;
    this.#isSaveDue = true;
    // Once for all files that are found together.
    const waitMs = Math.max(saveSoonMs, restPerSave * this.#saveMs);
    setTimeout(() => {
      if (this.#isSaveDue) void this.save();
    }, waitMs).unref();
  }

  async #saveNow(): Promise<void> {
    const beganAt = performance.now();
    this.#takeTracked();
    const values = new Map(this.#values);
    try {
      // First the identity file, which names the values of positions.yaml before and after: whenever we are killed, the two agree.
      await this.#write('identity', this.#identityPrinter.print(this.#records(values)));
      await this.#write('yaml', this.#yamlPrinter.print(values));
      this.#valuesOnDisk = values;
      this.#deps.metrics.lastSaved.set(this.#deps.now() / 1000);
      if (this.#isFailing)
        this.#deps.log.info({ file: this.#options.filename }, 'positions can be saved again');
      this.#isFailing = false;
    } catch (error) {
      this.#noteFailure(error);
    }
    this.#saveMs = performance.now() - beganAt;
  }

  #noteFailure(error: unknown): void {
    this.#deps.metrics.failures.inc();
    if (!this.#isFailing) {
      this.#deps.log.error(
        { file: this.#options.filename, err: error },
        'cannot save positions; shipping goes on, and saving is tried again every sync_period',
      );
    }
    this.#isFailing = true;
  }

  async #write(which: 'identity' | 'yaml', text: string): Promise<void> {
    const { filename } = this.#options;
    if (which === 'yaml') {
      if (text === this.#yamlOnDisk) return;
      await writeWhole(filename, text);
      this.#yamlOnDisk = text;
    } else {
      if (text === this.#identityOnDisk) return;
      await writeWhole(identityPathOf(filename), text);
      this.#identityOnDisk = text;
    }
    this.#deps.metrics.saves.inc();
  }

  #records(values: ReadonlyMap<string, string>): Map<string, IdentityRecord> {
    const records = new Map<string, IdentityRecord>();
    for (const [key, value] of values) {
      const previous = this.#valuesOnDisk.get(key) ?? null;
      const files = this.#files.get(key) ?? [];
      records.set(key, previous === value ? { value, files } : { value, previous, files });
    }
    return records;
  }

  #takeTracked(): void {
    for (const [path, position] of this.#tracked.all()) {
      this.#values.set(path, position.value);
      this.#files.set(path, position.files);
    }
  }

  async #forgetMissing(): Promise<void> {
    const candidates = [...this.#values.keys()].filter((key) => isPath(key) && !this.#tracked.isOpen(key));
    for (const path of await this.#missing.longGone(candidates)) {
      this.#deps.log.info({ path }, 'forgetting the position of a file that has been gone for long');
      this.remove(path);
    }
  }
}

async function takeLock(filename: string, log: Logger): Promise<PositionsLock | undefined> {
  try {
    return await PositionsLock.take(filename);
  } catch (error) {
    if (error instanceof PositionsLockedError) throw error;
    log.warn(
      { file: filename, err: error },
      'cannot lock the positions file; make sure that no other agent uses it',
    );
    return undefined;
  }
}

/** Other keys are cursors; `journal-` ones are kept from very old Promtails. */
function isPath(key: string): boolean {
  return !key.startsWith('cursor-') && !key.startsWith('journal-');
}
