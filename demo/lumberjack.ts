import {
  chmodSync,
  chownSync,
  closeSync,
  createReadStream,
  createWriteStream,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { dirname, join, parse } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

export interface LumberjackOptions {
  file: string;
  /** No file gets bigger. */
  maxBytes: number;
  /** How many rotated files to keep; 0 keeps all. */
  maxBackups?: number;
  compress?: boolean;
  /** The clock that names rotated files. Two rotations within a millisecond: the second overwrites the first, as in Go. */
  now?: () => number;
  /** Sync each write to disk before it counts as done. */
  sync?: boolean;
  /** Told what is in the file now. */
  onWrite?: (data: Buffer) => void;
  /** Told the new name of a file just rotated away, while the live file does not exist yet. */
  onRotate?: (backup: string) => void;
}

/**
 * Writes a log file and rotates it step by step as the API server's lumberjack does: close, rename to a name with the time,
 * create anew, and only then prune and compress in the background.
 */
export class Lumberjack {
  readonly #options: LumberjackOptions;
  #fd: number | undefined;
  #size = 0;
  #mill: Promise<void> = Promise.resolve();
  #isMillWaiting = false;

  constructor(options: LumberjackOptions) {
    this.#options = options;
  }

  /** Adds to the file, in one write. What does not fit into what is left of it goes into a new one. */
  write(data: Buffer | string): void {
    const bytes = typeof data === 'string' ? Buffer.from(data) : data;
    const { maxBytes, sync = false, onWrite } = this.#options;
    if (bytes.length > maxBytes) {
      throw new RangeError(`write length ${bytes.length} exceeds maximum file size ${maxBytes}`);
    }
    let fd = this.#fd ?? this.#openExistingOrNew(bytes.length);
    if (this.#size + bytes.length > maxBytes) fd = this.#rotate();
    for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
    this.#size += bytes.length;
    if (sync) fsyncSync(fd);
    onWrite?.(bytes);
  }

  /** Begins a new file now. */
  rotate(): void {
    this.#rotate();
  }

  /** Resolves when all pruning and compressing is done. */
  async settled(): Promise<void> {
    await this.#mill;
  }

  async close(): Promise<void> {
    this.#close();
    await this.settled();
  }

  #rotate(): number {
    this.#close();
    const fd = this.#openNew();
    this.#startMill();
    return fd;
  }

  #openExistingOrNew(writeLength: number): number {
    this.#startMill();
    const { file, maxBytes } = this.#options;
    const found = statSync(file, { throwIfNoEntry: false });
    if (found === undefined) return this.#openNew();
    if (found.size + writeLength >= maxBytes) return this.#rotate();
    this.#size = found.size;
    this.#fd = openSync(file, 'a');
    return this.#fd;
  }

  #openNew(): number {
    const { file, onRotate } = this.#options;
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const before = statSync(file, { throwIfNoEntry: false });
    if (before !== undefined) {
      const backup = this.#backupName();
      renameSync(file, backup);
      onRotate?.(backup);
    }
    this.#fd = openSync(file, 'w', 0o600);
    this.#size = 0;
    if (before !== undefined) copyOwner(file, before);
    return this.#fd;
  }

  #close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  #backupName(): string {
    const { file, now = Date.now } = this.#options;
    const { dir, name, ext } = parse(file);
    const time = new Date(now()).toISOString().slice(0, -1).replaceAll(':', '-');
    return join(dir, `${name}-${time}${ext}`);
  }

  /** One run at a time; asked again during a run, there is one more after it. */
  #startMill(): void {
    if (this.#isMillWaiting) return;
    this.#isMillWaiting = true;
    this.#mill = this.#mill.then(async () => {
      this.#isMillWaiting = false;
      await this.#runMill();
    });
  }

  async #runMill(): Promise<void> {
    const { maxBackups = 0, compress = false } = this.#options;
    if (maxBackups === 0 && !compress) return;
    const { dir, ext } = parse(this.#options.file);
    const names = await this.#backups(dir);
    // A .log and its .gz are one backup.
    const plain = (name: string) => (name.endsWith('.gz') ? name.slice(0, -3) : name);
    const kept = new Set([...new Set(names.map(plain))].slice(0, maxBackups || undefined));
    for (const name of names) {
      if (!kept.has(plain(name))) await rm(join(dir, name), { force: true });
    }
    if (!compress) return;
    for (const name of names) {
      if (kept.has(name) && name.endsWith(ext)) await gzip(join(dir, name));
    }
  }

  /** Names of rotated files, the newest first. */
  async #backups(dir: string): Promise<string[]> {
    const { name: stem, ext } = parse(this.#options.file);
    const isBackup = (name: string) =>
      name.startsWith(`${stem}-`) &&
      (name.endsWith(ext) || name.endsWith(`${ext}.gz`)) &&
      /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}\./.test(name.slice(stem.length + 1));
    return (await readdir(dir)).filter(isBackup).sort().reverse();
  }
}

/** Packs a file next to itself, then removes it. Both are there meanwhile, the packed one incomplete. */
async function gzip(file: string): Promise<void> {
  const packed = `${file}.gz`;
  const found = await stat(file);
  try {
    await pipeline(
      createReadStream(file),
      createGzip(),
      createWriteStream(packed, { mode: found.mode & 0o777 }),
    );
    copyOwner(packed, found);
  } catch (cause) {
    await rm(packed, { force: true });
    throw cause;
  }
  await rm(file);
}

/** A new file is the same people's to read as the one before. */
function copyOwner(file: string, { mode, uid, gid }: Stats): void {
  chmodSync(file, mode & 0o777);
  chownSync(file, uid, gid);
}
