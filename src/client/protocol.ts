import type { Buffer } from 'node:buffer';
import type { Labels } from '../entry/labels.js';
import type { Batch } from './batch.js';
import type { EntryRuns } from './entry-runs.js';
import type { PushOutcome } from './push-outcome.js';

/**
 * How clients of one kind speak to their server: what a push looks like, and what its answer says. All else, from batches to
 * dead letters, is the same for every kind.
 */
export interface Protocol {
  /** Where pushes go. */
  readonly url: URL;
  /** Pushes of one tenant on their way at a time: 1 where the order of entries counts. */
  readonly maxSending: number;
  /** What each push has besides the headers from the config. */
  headers(tenant: string): Readonly<Record<string, string>>;
  /** Entries of different tenants never share a push; '' for none. */
  tenantOf(labels: Labels): string;
  /** Writes a push with these entries of a batch, in the order of the runs where the answer counts entries. */
  encode(batch: Batch, runs: EntryRuns): Body | Promise<Body>;
  /** What a refusal says is wrong with the entries, as the metrics count it; undefined when it is about something else. */
  refusalReason(answer: string): string | undefined;
  /** The bytes a second that are allowed, where the server tells that they were too many. */
  rateLimit?(answer: string): number | undefined;
  /** What an answer says beyond its status; undefined: nothing. Without it, what was accepted is not read. */
  read?(answer: Answer): PushOutcome | undefined;
}

/** The body of a push. */
export interface Body {
  readonly bytes: Buffer;
  /** The push is answered: its memory may be used again. */
  release(): void;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
  /** How many entries were in the push. */
  readonly entryCount: number;
  /** How long the server asked to wait. */
  readonly afterMs: number | undefined;
}
