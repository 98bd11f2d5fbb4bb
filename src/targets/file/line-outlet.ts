import type { Labels } from '../../entry/labels.js';
import type { ReadClock } from '../../entry/read-clock.js';
import type { Sink } from '../../entry/sink.js';

/** Where lines go, and what they carry. The same for all files of a path. */
export interface LineOutlet {
  readonly sink: Sink;
  readonly labels: Labels;
  readonly clock: ReadClock;
  readonly now: () => number;
  readonly signal: AbortSignal;
  /** Lines longer than this are sent in pieces. */
  readonly maxLineBytes: number;
  /** Awaited before lines are handed on: from then on they may be settled. */
  readonly beforeHandingOn?: () => Promise<void>;
  /** Whether the file is still the one that was opened: asked as long as nothing that was read tells. */
  readonly isAsItWas?: () => Promise<boolean>;
  countLines(lines: number): void;
  countSkippedNuls(bytes: number): void;
  countCutLine(): void;
}
