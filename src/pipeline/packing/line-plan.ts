import type { Labels } from '../../entry/labels.js';

/** A value that goes from a line into the metadata. */
export interface PlannedPair {
  readonly name: string;
  readonly path: readonly string[];
}

/** Told of the time that was taken from a line, with the labels that its entry had then. */
export type NoteTime = (labels: Labels, seconds: number, nanos: number) => void;

/**
 * What a pipeline does with a line, as far as it depends on nothing but the line and the labels it comes with: as its stages declare it, one after
 * the other. Which labels a line gets is not written down here, only which of its values decide that.
 */
export class LinePlan {
  /** What extracted values are: JSON values of the line, by their keys. */
  readonly #values = new Map<string, readonly string[]>();
  readonly #deciding = new Map<string, readonly string[]>();
  readonly #pairs: PlannedPair[] = [];
  readonly #labelNames = new Set<string>();
  readonly #pairSources = new Set<string>();
  #time: readonly string[] | undefined;
  #noteTime: NoteTime | undefined;
  #changesBeforeTime = 0;
  #changes = 0;

  /** Extracts a value. */
  extract(name: string, path: readonly string[]): void {
    this.#values.set(name, path);
  }

  /** Changes labels as these extracted values decide. `names`: those that may be set. */
  changeLabels(names: readonly string[], sources: readonly string[]): void {
    this.#changes += 1;
    for (const name of names) this.#labelNames.add(name);
    for (const source of sources) {
      const path = this.#values.get(source);
      if (path !== undefined) this.#deciding.set(path.join('\0'), path);
    }
  }

  /** Takes the time from an extracted value that is one in RFC 3339. False: that cannot be planned. */
  setTime(source: string, note: NoteTime | undefined): boolean {
    const path = this.#values.get(source);
    if (path === undefined || this.#time !== undefined) return false;
    this.#time = path;
    this.#noteTime = note;
    this.#changesBeforeTime = this.#changes;
    return true;
  }

  /** Sets a pair of metadata from an extracted value. */
  addPair(name: string, source: string): void {
    const path = this.#values.get(source);
    if (path !== undefined) this.#pairs.push({ name, path });
    this.#pairSources.add(source);
  }

  /** The path of the time; undefined when the plan is none, after all. */
  get time(): readonly string[] | undefined {
    const isBetween = this.#changesBeforeTime > 0 && this.#changesBeforeTime < this.#changes;
    return isBetween && this.#noteTime !== undefined ? undefined : this.#time;
  }

  get noteTime(): NoteTime | undefined {
    return this.#noteTime;
  }

  /** Whether the labels that `noteTime` is told are those that lines come with; else they are those that entries get. */
  get isTimeBeforeLabels(): boolean {
    return this.#changesBeforeTime === 0;
  }

  get pairs(): readonly PlannedPair[] {
    return this.#pairs;
  }

  /** The paths of the values that decide which labels an entry gets. */
  get deciding(): readonly (readonly string[])[] {
    return [...this.#deciding.values()];
  }

  /** Whether it holds for lines with these labels: not if a label would become metadata. */
  isFor(labels: Labels): boolean {
    return ![...this.#pairSources].some((source) => labels.has(source) || this.#labelNames.has(source));
  }
}
