import { stat } from 'node:fs/promises';
import { fsPath } from '../entry/text.js';

/** Promtail forgets at once, and so reads everything again when a log folder is mounted late. */
const goneAfterMs = 60 * 60 * 1000;
const lookEveryMs = 60 * 1000;

/** Finds the paths that have been missing for an hour, the agent running and looking. */
export class MissingPaths {
  readonly #now: () => number;
  readonly #missingSince = new Map<string, number>();
  #lastLook = Number.NEGATIVE_INFINITY;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Those of `paths` that are long gone; looks once a minute. */
  async longGone(paths: readonly string[]): Promise<string[]> {
    const now = this.#now();
    if (now - this.#lastLook < lookEveryMs) return [];
    this.#lastLook = now;
    const missing = new Set<string>();
    for (const path of paths) if (await isMissing(path)) missing.add(path);
    for (const path of this.#missingSince.keys()) if (!missing.has(path)) this.#missingSince.delete(path);
    for (const path of missing) if (!this.#missingSince.has(path)) this.#missingSince.set(path, now);
    return [...missing].filter((path) => now - this.#missingSince.get(path)! >= goneAfterMs);
  }
}

async function isMissing(path: string): Promise<boolean> {
  try {
    await stat(fsPath(path));
    return false;
  } catch (error) {
    // Whatever else keeps us from looking says nothing about the file.
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}
