import type { Value } from './values.js';

/** One run of one template: where it writes, and its variables. */
export interface Frame {
  readonly output: { text: string };
  readonly variables: Value[];
}

/** Finds a value while a template runs. */
export type Eval = (frame: Frame, dot: Value) => Value;
