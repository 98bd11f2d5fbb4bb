/** A metric with all its series, ready to be printed. */
export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram' | 'summary' | 'untyped';
  readonly samples: readonly Sample[];
}

export interface Sample {
  /** The family's name, or that with `_bucket`, `_sum` or `_count`. */
  readonly name: string;
  /** A number is a bound: `le` or `quantile`. */
  readonly labels: readonly (readonly [name: string, value: string | number])[];
  readonly value: number;
}
