import { Buffer } from 'node:buffer';
import type { TargetGroup } from './discoverer.js';

/** The names of a group's labels and of those of each of its targets. */
interface Shape {
  readonly labels: readonly string[];
  readonly targets: readonly (readonly string[])[];
}

/** Different shapes that are remembered; the pods of one deployment have the same. */
const maxShapes = 10_000;

/**
 * A target group as bytes. Its maps are made when they are asked for, which is once for most: kept as maps, the groups of ten
 * thousand pods take 75 MB of a heap that then grows to twice that; as bytes, which no collection has to look at, 20 MB.
 */
export class PackedGroup implements TargetGroup {
  readonly source: string;
  readonly #shape: Shape;
  /** A JSON array of arrays: the values of the labels, then those of each target. */
  readonly #values: Buffer;

  constructor(source: string, shape: Shape, values: Buffer) {
    this.source = source;
    this.#shape = shape;
    this.#values = values;
  }

  get labels(): ReadonlyMap<string, string> {
    return zipped(this.#shape.labels, this.#read()[0]!);
  }

  get targets(): readonly ReadonlyMap<string, string>[] {
    const values = this.#read();
    return this.#shape.targets.map((names, index) => zipped(names, values[index + 1]!));
  }

  get isEmpty(): boolean {
    return this.#shape.targets.length === 0;
  }

  /** Whether it says the same of its source. */
  equals(other: PackedGroup): boolean {
    return this.#shape === other.#shape && this.#values.equals(other.#values);
  }

  #read(): string[][] {
    return JSON.parse(this.#values.toString('utf8')) as string[][];
  }
}

/** Packs groups; those with the same names of labels share these. */
export class GroupPacker {
  readonly #shapes = new Map<string, Shape>();

  pack({ source, labels, targets }: TargetGroup): PackedGroup {
    const shape = this.#known({
      labels: [...labels.keys()],
      targets: targets.map((target) => [...target.keys()]),
    });
    const values = [labels, ...targets].map((each) => [...each.values()]);
    return new PackedGroup(source, shape, bytesOf(JSON.stringify(values)));
  }

  #known(shape: Shape): Shape {
    const key = JSON.stringify(shape);
    const known = this.#shapes.get(key);
    if (known !== undefined) return known;
    if (this.#shapes.size >= maxShapes) this.#shapes.clear();
    this.#shapes.set(key, shape);
    return shape;
  }
}

/** Memory of its own: a piece of Node's shared pool would keep its neighbours in memory. */
function bytesOf(text: string): Buffer {
  const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(text));
  bytes.write(text);
  return bytes;
}

function zipped(names: readonly string[], values: readonly string[]): Map<string, string> {
  return new Map(names.map((name, index) => [name, values[index]!]));
}
