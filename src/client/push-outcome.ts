/** How one push went. */
export type PushOutcome = { readonly kind: 'sent'; readonly status: number } | Failure;

export interface Failure {
  /** `retry`: it may work next time: too many requests, the server's own error, or no answer. `refused`: all else. */
  readonly kind: 'retry' | 'refused';
  /** −1 when there was no answer. */
  readonly status: number;
  /** For the log: the status and the first line of the answer, or what failed. */
  readonly error: string;
  /** How long the server asked to wait. */
  readonly afterMs?: number | undefined;
}
