import type { BucketSeries, CountedSeries, LatestSeries } from './series-tree.js';

/**
 * What was counted for some lines, but does not count yet: lines that are not accepted are read again, and would count twice. An
 * increment is an item of an array, so that counting a line costs next to nothing.
 */
export class Tally {
  readonly #counted: (readonly CountedSeries[])[] = [];
  readonly #observing: BucketSeries[] = [];
  readonly #observed: number[] = [];
  readonly #raised: LatestSeries[] = [];
  readonly #raisedTo: number[] = [];

  count(series: CountedSeries): void {
    this.#counted.push([series]);
  }

  /** Once for each. The array must not change. */
  countAll(series: readonly CountedSeries[]): void {
    this.#counted.push(series);
  }

  observe(series: BucketSeries, value: number): void {
    this.#observing.push(series);
    this.#observed.push(value);
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
    for (const together of this.#counted) for (const series of together) series.value += 1;
    for (let index = 0; index < this.#observing.length; index++)
      this.#observing[index]!.observe(this.#observed[index]!);
    for (let index = 0; index < this.#raised.length; index++)
      this.#raised[index]!.raiseTo(this.#raisedTo[index]!);
  }
}
