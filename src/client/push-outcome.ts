/** How one push went. */
export type PushOutcome = Sent | Partly | Failure;

export interface Sent {
  readonly kind: 'sent';
  readonly status: number;
  /** What to ask the server with whether it has it in safety, where it says so later. */
  readonly receipt?: number;
}

/** Some entries were taken and others not: each of those by its place in the push. */
export interface Partly {
  readonly kind: 'partly';
  readonly status: number;
  /** How many were taken. */
  readonly taken: number;
  readonly refused: readonly Refused[];
  readonly again: readonly number[];
  /** Why those are to be sent again; undefined: just because the server did not get as far. */
  readonly failure: Failure | undefined;
}

/** An entry that will not be taken, ever. */
export interface Refused {
  readonly place: number;
  readonly failure: Failure;
}

export interface Failure {
  /** `retry`: it may work next time: too many requests, the server's own error, or no answer. `refused`: all else. */
  readonly kind: 'retry' | 'refused';
  /** −1 when there was no answer. */
  readonly status: number;
  /** For the log: the status and the first line of the answer, or what failed. */
  readonly error: string;
  /** What a refusal says is wrong with the entries, as the metrics count it; undefined when it says nothing about entries. */
  readonly reason?: string | undefined;
  /** How long the server asked to wait. */
  readonly afterMs?: number | undefined;
  /** The limit that the push would have passed, in bytes a second. */
  readonly rateLimit?: number | undefined;
}
