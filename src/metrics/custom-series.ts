import type { Sample } from './family.js';

/** One series of a metric that a pipeline defines. */
export interface Series {
  /** What two definitions must have in common besides type and help. */
  readonly shape: string;
  /** Counts, adds or observes. */
  add(value: number): void;
  set(value: number): void;
  samples(name: string, labels: Sample['labels']): Sample[];
}

/** A counter or a gauge. */
export class NumberSeries implements Series {
  readonly shape = '';
  #value = 0;

  add(value: number): void {
    this.#value += value;
  }

  set(value: number): void {
    this.#value = value;
  }

  samples(name: string, labels: Sample['labels']): Sample[] {
    return [{ name, labels, value: this.#value }];
  }
}

export class HistogramSeries implements Series {
  readonly shape: string;
  readonly #bounds: readonly number[];
  readonly #counts: number[];
  #sum = 0;

  /** `bounds` increase; what is above the last is counted too. */
  constructor(bounds: readonly number[]) {
    this.shape = bounds.join();
    this.#bounds = bounds;
    this.#counts = new Array(bounds.length + 1).fill(0);
  }

  add(value: number): void {
    const index = this.#bounds.findIndex((bound) => value <= bound);
    this.#counts[index < 0 ? this.#bounds.length : index]! += 1;
    this.#sum += value;
  }

  set(): void {
    throw new Error('a histogram cannot be set');
  }

  samples(name: string, labels: Sample['labels']): Sample[] {
    let count = 0;
    const buckets = this.#counts.map((own, index): Sample => {
      count += own;
      const bound = this.#bounds[index] ?? Number.POSITIVE_INFINITY;
      return { name: `${name}_bucket`, labels: [...labels, ['le', bound]], value: count };
    });
    return [
      ...buckets,
      { name: `${name}_sum`, labels, value: this.#sum },
      { name: `${name}_count`, labels, value: count },
    ];
  }
}
