import { equalBytes } from './words.js';

/**
 * The wanted paths as a tree, one node a key. A node finds the child for the bytes of a key, without making a
 * string of them: first by length, then byte by byte.
 */
export class PathNode {
  /** Which of the wanted paths end here. */
  readonly outputs: number[] = [];
  /** Which of them end here or below. */
  readonly outputsWithin: number[] = [];
  hasChildren = false;
  readonly #name: DataView;
  readonly #childrenByLength: (PathNode[] | undefined)[] = [];

  constructor(name: string) {
    this.#name = viewOf(Buffer.from(name, 'utf8'));
  }

  /** The child whose name is what `view` shows from `start` to `end`. */
  child(view: DataView, start: number, end: number): PathNode | undefined {
    const candidates = this.#childrenByLength[end - start];
    if (candidates === undefined) return undefined;
    for (let index = 0; index < candidates.length; index++) {
      const candidate = candidates[index]!;
      if (equalBytes(candidate.#name, 0, view, start, end - start)) return candidate;
    }
    return undefined;
  }

  add(path: readonly string[], output: number): void {
    this.outputsWithin.push(output);
    const [name, ...rest] = path;
    if (name === undefined) {
      this.outputs.push(output);
    } else {
      this.hasChildren = true;
      this.#childNamed(name).add(rest, output);
    }
  }

  #childNamed(name: string): PathNode {
    const child = new PathNode(name);
    const length = child.#name.byteLength;
    const found = this.child(child.#name, 0, length);
    if (found !== undefined) return found;
    // Filled up to the length, so that it stays an array without holes.
    while (this.#childrenByLength.length <= length) {
      this.#childrenByLength.push(undefined);
    }
    this.#childrenByLength[length] = [...(this.#childrenByLength[length] ?? []), child];
    return child;
  }
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
