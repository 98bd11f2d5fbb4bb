import type { Failure, Partly, PushOutcome } from './push-outcome.js';
import { isAboutEntries, isTooLarge } from './refusal.js';

/** What to do about a push request after an attempt to send it. */
export type Verdict =
  | { readonly kind: 'sent' }
  | { readonly kind: 'again'; readonly failure: Failure }
  /** Something in it is refused, or all of it is too much: find out by halves. */
  | { readonly kind: 'halve'; readonly failure: Failure }
  | { readonly kind: 'drop'; readonly failure: Failure; readonly reason: DropReason }
  /** The answer tells entries apart. */
  | { readonly kind: 'partly'; readonly outcome: Partly };

export type DropReason = 'rate_limited' | 'ingester_error';

/** Why a push that failed like this is given up, for the metrics. */
export function dropReason(failure: Failure): DropReason {
  return failure.status === 429 ? 'rate_limited' : 'ingester_error';
}

export interface SendPolicy {
  /** `max_retries` is set, so that the user knows that lines may be given up. */
  readonly givesUp: boolean;
  readonly dropRateLimited: boolean;
  /** The endpoint has taken something before: it is the right one. */
  readonly isProven: boolean;
}

/**
 * Promtail gives up after ten attempts, and at once on any 4xx. Here nothing is given up unless `max_retries` says so, as
 * the lines can be read again or must not be lost; where it does, all is as in Promtail. Only what Loki refuses for what it is
 * (400, 413, 422) is dropped in any case, entry by entry.
 */
export function judge(outcome: PushOutcome, policy: SendPolicy): Verdict {
  switch (outcome.kind) {
    case 'sent':
      return { kind: 'sent' };
    case 'partly':
      return { kind: 'partly', outcome };
    case 'refused':
      return judgeRefusal(outcome, policy);
    case 'retry':
      return isToBeDropped(outcome, policy)
        ? { kind: 'drop', failure: outcome, reason: 'rate_limited' }
        : { kind: 'again', failure: outcome };
  }
}

/** Whether the config says to drop what comes too fast instead of sending it again. */
export function isToBeDropped({ status }: Failure, { dropRateLimited }: SendPolicy): boolean {
  return status === 429 && dropRateLimited;
}

function judgeRefusal(failure: Failure, { givesUp, isProven }: SendPolicy): Verdict {
  if (isTooLarge(failure)) return { kind: 'halve', failure };
  if (isAboutEntries(failure)) {
    // A wrong address may well answer 400 to all there is.
    const isRight = isProven || failure.reason !== undefined;
    return isRight || givesUp ? { kind: 'halve', failure } : { kind: 'again', failure };
  }
  return givesUp ? { kind: 'drop', failure, reason: 'ingester_error' } : { kind: 'again', failure };
}
