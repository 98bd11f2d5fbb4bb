/** What all requests may have in memory at one time. */
const maxBytes = 256 * 1024 * 1024;

/** Counts what requests have in memory. */
export class MemoryBudget {
  #bytes = 0;

  /** A request has so much now that had so much before. False when that is too much; alone it may have anything. */
  change(before: number, now: number): boolean {
    this.#bytes += now - before;
    return this.#bytes <= maxBytes || this.#bytes === now;
  }
}
