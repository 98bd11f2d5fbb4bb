import type { Line } from '../../entry/line.js';
import type { Metadata } from '../../entry/metadata.js';

/** One stream of a push request. */
export interface PushedStream {
  /** Written as `{name="value"}`, or as pairs. */
  readonly labels: string | readonly (readonly [name: string, value: string])[];
  readonly entries: readonly PushedEntry[];
}

export interface PushedEntry {
  readonly seconds: number;
  readonly nanos: number;
  readonly line: Line;
  readonly metadata: Metadata | undefined;
}
