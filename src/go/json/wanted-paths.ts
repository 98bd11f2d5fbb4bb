/** The wanted paths as a tree, one node a key. Those that end at one node share its output; a node's and its descendants' are neighbours. */
export class WantedPaths {
  readonly key: string;
  readonly children: WantedPaths[] = [];
  /** Where the value of the path that ends here is put; -1: none does. */
  output = -1;
  /** The outputs here and below: from the first to before the end. */
  firstOutput = 0;
  endOutput = 0;
  readonly #paths: number[] = [];

  private constructor(key: string) {
    this.key = key;
  }

  static of(paths: readonly (readonly string[])[]): { root: WantedPaths; pathsByOutput: number[][] } {
    const root = new WantedPaths('');
    paths.forEach((path, index) => {
      let node = root;
      for (const key of path) node = node.#childNamed(key);
      node.#paths.push(index);
    });
    const pathsByOutput: number[][] = [];
    root.#number(pathsByOutput);
    return { root, pathsByOutput };
  }

  #childNamed(key: string): WantedPaths {
    const found = this.children.find((child) => child.key === key);
    if (found !== undefined) return found;
    const child = new WantedPaths(key);
    this.children.push(child);
    return child;
  }

  #number(pathsByOutput: number[][]): void {
    this.firstOutput = pathsByOutput.length;
    if (this.#paths.length > 0) this.output = pathsByOutput.push(this.#paths) - 1;
    for (const child of this.children) child.#number(pathsByOutput);
    this.endOutput = pathsByOutput.length;
  }
}
