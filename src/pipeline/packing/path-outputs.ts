import { type WantedPaths, wantedPaths } from '../../go/json/wanted-paths.js';

/**
 * Wanted paths that are wanted with every key on the way there: of what is wanted the walk sees whether it stands twice, and a value that
 * is behind such a key must not be taken for the one that counts.
 */
export class PathOutputs {
  readonly wanted: WantedPaths;
  readonly #outputs: ReadonlyMap<string, number>;

  constructor(paths: readonly (readonly string[])[]) {
    const all = paths.flatMap((path) => path.map((_, index) => path.slice(0, index + 1)));
    this.wanted = wantedPaths(all);
    this.#outputs = new Map(
      this.wanted.pathsOf.flatMap((places, output) => places.map((place) => [keyOf(all[place]!), output])),
    );
  }

  get size(): number {
    return this.wanted.pathsOf.length;
  }

  outputOf(path: readonly string[]): number {
    return this.#outputs.get(keyOf(path))!;
  }
}

function keyOf(path: readonly string[]): string {
  return JSON.stringify(path);
}
