/** A key on the way to a wanted path. */
interface WantedKey {
  readonly key: string;
  readonly children: WantedKey[];
  readonly paths: number[];
  /** Where the value of the paths that end here is put; -1: none does. */
  output: number;
  /** The outputs here and below, which are neighbours: from the first to before the end. */
  firstOutput: number;
  endOutput: number;
}

/** Paths as a tree, one node a key. Those that are equal share an output. */
export interface WantedPaths {
  readonly root: WantedKey;
  /** The paths, by their places in the list, that each output is for. */
  readonly pathsOf: readonly (readonly number[])[];
}

export function wantedPaths(paths: readonly (readonly string[])[]): WantedPaths {
  const root = wantedKey('');
  paths.forEach((path, index) => {
    let node = root;
    for (const key of path) node = childNamed(node, key);
    node.paths.push(index);
  });
  const pathsOf: number[][] = [];
  giveOutputs(root, pathsOf);
  return { root, pathsOf };
}

function wantedKey(key: string): WantedKey {
  return { key, children: [], paths: [], output: -1, firstOutput: 0, endOutput: 0 };
}

function childNamed({ children }: WantedKey, key: string): WantedKey {
  const found = children.find((child) => child.key === key);
  if (found !== undefined) return found;
  const child = wantedKey(key);
  children.push(child);
  return child;
}

function giveOutputs(node: WantedKey, pathsOf: number[][]): void {
  node.firstOutput = pathsOf.length;
  if (node.paths.length > 0) node.output = pathsOf.push(node.paths) - 1;
  for (const child of node.children) giveOutputs(child, pathsOf);
  node.endOutput = pathsOf.length;
}
