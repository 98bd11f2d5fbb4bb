interface Look {
  readonly offset: number;
  readonly atMs: number;
}

/** Closer than this, two looks say little of a rate. */
const minSpanMs = 1500;
/** What nobody has looked at for so long is forgotten. */
const keptForMs = 60_000;

/** Bytes a second of each file, from its offsets at two times that somebody looked at the page. */
export class ReadRates {
  readonly #now: () => number;
  readonly #looks = new Map<string, { before: Look | undefined; last: Look }>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Notes the offset; undefined at the first look, and when the file has begun anew. */
  look(path: string, offset: number): number | undefined {
    const atMs = this.#now();
    const now = { offset, atMs };
    const known = this.#looks.get(path);
    if (known === undefined || atMs - known.last.atMs > keptForMs || offset < known.last.offset) {
      this.#looks.set(path, { before: undefined, last: now });
      return undefined;
    }
    if (atMs - known.last.atMs >= minSpanMs) {
      known.before = known.last;
      known.last = now;
    }
    const { before } = known;
    return before === undefined ? undefined : ((offset - before.offset) * 1000) / (atMs - before.atMs);
  }

  /** Forgets what was not looked at for a while. */
  prune(): void {
    const oldest = this.#now() - keptForMs;
    for (const [path, { last }] of this.#looks) if (last.atMs < oldest) this.#looks.delete(path);
  }
}
