/** Things due at a time, the earliest first: a binary heap. */
export class Pending<T> {
  readonly #heap: { at: number; item: T }[] = [];

  add(at: number, item: T): void {
    const heap = this.#heap;
    let i = heap.length;
    heap.push({ at, item });
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (heap[parent]!.at <= heap[i]!.at) return;
      this.#swap(i, parent);
      i = parent;
    }
  }

  /** Takes the earliest one that is due by then, if any is. */
  takeUntil(at: number): T | undefined {
    const heap = this.#heap;
    const first = heap[0];
    if (first === undefined || first.at > at) return undefined;
    const last = heap.pop()!;
    if (heap.length > 0) {
      heap[0] = last;
      this.#sink();
    }
    return first.item;
  }

  #sink(): void {
    const heap = this.#heap;
    for (let i = 0; ; ) {
      let least = i;
      for (const child of [2 * i + 1, 2 * i + 2]) {
        if (child < heap.length && heap[child]!.at < heap[least]!.at) least = child;
      }
      if (least === i) return;
      this.#swap(i, least);
      i = least;
    }
  }

  #swap(i: number, j: number): void {
    const heap = this.#heap;
    const item = heap[i]!;
    heap[i] = heap[j]!;
    heap[j] = item;
  }
}
