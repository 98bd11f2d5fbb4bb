/** What is filled, and then filled anew. */
export interface Reusable {
  /** In bytes. */
  readonly capacity: number;
  clear(): void;
}

/** Lends memory and takes it back, so that steady traffic allocates nothing. */
export class MemoryPool<T extends Reusable> {
  readonly #make: () => T;
  readonly #largestKept: number;
  readonly #free: T[] = [];

  /** What has grown beyond `largestKept` bytes is left to the garbage collector. */
  constructor(make: () => T, largestKept: number) {
    this.#make = make;
    this.#largestKept = largestKept;
  }

  take(): T {
    return this.#free.pop() ?? this.#make();
  }

  /** The giver must not touch `memory` again. */
  give(memory: T): void {
    if (this.#free.length >= maxFree || memory.capacity > this.#largestKept) return;
    memory.clear();
    this.#free.push(memory);
  }
}

const maxFree = 4;
