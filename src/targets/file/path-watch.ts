import { realpath } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { decodeText, fsPath } from '../../entry/text.js';
import type { DirectoryEvent, DirectoryWatch } from './directory-watch.js';

/** Tells what happens to one path: under its own name, and where its links lead, as that is where it is written and rotated. */
export class PathWatch {
  readonly #path: string;
  readonly #watch: DirectoryWatch;
  readonly #tell: (event: DirectoryEvent) => void;
  readonly #stops = new Map<string, () => void>();
  #isClosed = false;

  constructor(path: string, watch: DirectoryWatch, tell: (event: DirectoryEvent) => void) {
    this.#path = path;
    this.#watch = watch;
    this.#tell = tell;
    this.#listenTo(new Set([path]));
    void this.refresh();
  }

  get isWatching(): boolean {
    return (
      this.#stops.size > 0 && [...this.#stops.keys()].every((path) => this.#watch.isWatching(dirname(path)))
    );
  }

  /** Finds out again where the links lead; watches what could not be watched before. */
  async refresh(): Promise<void> {
    const real = await realpath(fsPath(this.#path), 'buffer').then(decodeText, () => this.#path);
    if (!this.#isClosed) this.#listenTo(new Set([this.#path, real]));
  }

  close(): void {
    this.#isClosed = true;
    this.#listenTo(new Set());
  }

  #listenTo(paths: ReadonlySet<string>): void {
    for (const [path, stop] of this.#stops) {
      if (paths.has(path) && this.#watch.isWatching(dirname(path))) continue;
      stop();
      this.#stops.delete(path);
    }
    for (const path of paths) {
      if (this.#stops.has(path)) continue;
      const stop = this.#watch.listen(dirname(path), basename(path), this.#tell);
      if (stop !== undefined) this.#stops.set(path, stop);
    }
  }
}
