import type { BucketSeries, CountedSeries, LatestSeries } from './series-tree.js';

/**
 * What was counted for some lines, but does not count yet: lines that are not accepted are read again, and would count twice. An
 * increment is an item of an array, so that counting a line costs next to nothing.
 */
export class Tally {
  /** Each a list of its own: one for a line, hardly ever more. */
  readonly #counted: (readonly CountedSeries[])[];
  #countedLength = 0;
  /** Two for a line. */
  readonly #observing: BucketSeries[];
  readonly #observed: number[];
  #observedLength = 0;
  readonly #raised: LatestSeries[] = [];
  readonly #raisedTo: number[] = [];

  /** For so many lines, about: arrays that have to grow were a tenth of all the memory that a line took. */
  constructor(lines = 0) {
    this.#counted = new Array(lines);
    this.#observing = new Array(2 * lines);
    this.#observed = new Array(2 * lines);
  }

  count(series: CountedSeries): void {
    this.countAll([series]);
  }

  /** Once for each. The array must not change. */
  countAll(series: readonly CountedSeries[]): void {
    this.#counted[this.#countedLength++] = series;
  }

  observe(series: BucketSeries, value: number): void {
    const at = this.#observedLength++;
    this.#observing[at] = series;
    this.#observed[at] = value;
  }

  raise(series: LatestSeries, to: number): void {
    const last = this.#raised.length - 1;
    if (this.#raised[last] !== series) {
      this.#raised.push(series);
      this.#raisedTo.push(to);
    } else if (to > this.#raisedTo[last]!) {
      this.#raisedTo[last] = to;
    }
  }

  /** Now it counts. */
  commit(): void {
    for (let index = 0; index < this.#countedLength; index++)
      for (const series of this.#counted[index]!) series.value += 1;
    for (let index = 0; index < this.#observedLength; index++)
      this.#observing[index]!.observe(this.#observed[index]!);
    for (let index = 0; index < this.#raised.length; index++)
      this.#raised[index]!.raiseTo(this.#raisedTo[index]!);
  }
}
