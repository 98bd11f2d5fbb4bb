import type { Logger } from 'pino';
import { backoffMs } from '../http/backoff.js';
import { sleep } from '../http/sleep.js';
import type { HostMetrics, TenantMetrics } from '../metrics/client-metrics.js';
import type { SendingOptions } from './client-options.js';
import type { ClientStatus } from './client-status.js';
import { Paces } from './pace.js';
import type { Failure, Partly, PushOutcome, Refused } from './push-outcome.js';
import { dropReason, isToBeDropped, judge, type SendPolicy, type Verdict } from './verdict.js';

/** What became of a push request in the end. */
export type Decision =
  | Exclude<Verdict, { kind: 'again' | 'partly' }>
  | PartDecision
  | { readonly kind: 'abandoned' };

/** What became of the entries of a push that were not taken. */
export interface PartDecision {
  readonly kind: 'part';
  readonly givenUp: readonly GivenUp[];
  /** The places of those to be sent again, now; that is attempt number `attempt`. */
  readonly again: readonly number[];
  readonly attempt: number;
}

/** An entry that is given up, by its place in the push. */
export interface GivenUp extends Refused {
  readonly reason: string;
}

/** A push request as the config's one endpoint is sent it. */
export interface Push {
  readonly body: Buffer;
  readonly entryCount: number;
  /** Of the entries, before they were packed. */
  readonly byteLength: number;
  readonly tenant: string;
}

/** Posts a push once. Never throws; an abort of `signal` counts as no answer. */
export interface Poster {
  post(push: Push, signal: AbortSignal): Promise<PushOutcome>;
  /** Throws an Error when the certificates cannot be used. */
  check(): Promise<void>;
  close(): Promise<void>;
}

export interface SenderDeps {
  readonly transport: Poster;
  readonly metrics: HostMetrics;
  readonly status: ClientStatus;
  readonly log: Logger;
  readonly now: () => number;
  /** Ends all trying; what is not sent by then is abandoned. */
  readonly abandon: AbortSignal;
  /** The agent is stopping: time is short, so long waits end here. */
  readonly closing: AbortSignal;
}

/** Sends push requests of one client until that is decided one way or the other. */
export class Sender {
  readonly #options: SendingOptions;
  readonly #deps: SenderDeps;
  readonly #paces = new Paces();
  /** The last refusal that was told: one that stays is told once. */
  #told = '';

  constructor(options: SendingOptions, deps: SenderDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  /** `attempt` is the number of the first one; more than 1 for what is left of a push that was sent before. */
  async send(push: Push, metrics: TenantMetrics, attempt = 1): Promise<Decision> {
    const { abandon } = this.#deps;
    const { max_retries: maxRetries = 0 } = this.#options.backoff_config;
    for (let number = attempt; ; number++) {
      await this.#keepPace(push.tenant);
      if (abandon.aborted) return { kind: 'abandoned' };
      const verdict = await this.#attempt(push);
      if (verdict.kind === 'sent') {
        this.#told = '';
        return verdict;
      }
      if (abandon.aborted) return { kind: 'abandoned' };
      if (verdict.kind === 'partly') return this.#part(verdict.outcome, push.tenant, metrics, number);
      if (verdict.kind !== 'again') return verdict;
      // As in Promtail, the attempt after which it gives up is counted as one to be followed by another.
      metrics.retried();
      this.#tell(verdict.failure, push.tenant);
      if (number === maxRetries) return { ...verdict, kind: 'drop', reason: dropReason(verdict.failure) };
      await this.#pause(number, verdict.failure);
      if (abandon.aborted) return { kind: 'abandoned' };
    }
  }

  /** Waits, where the server wants a pause before it is sent the rest. */
  async #part(
    { refused, again, failure }: Partly,
    tenant: string,
    metrics: TenantMetrics,
    attempt: number,
  ): Promise<Decision> {
    const { max_retries: maxRetries = 0 } = this.#options.backoff_config;
    const givenUp = refused.map((each) => ({ ...each, reason: each.failure.reason ?? 'ingester_error' }));
    if (failure === undefined || again.length === 0) return { kind: 'part', givenUp, again, attempt };
    const isDropped = isToBeDropped(failure, this.#policy);
    if (!isDropped) {
      metrics.retried();
      this.#tell(failure, tenant, 'some entries are refused');
    }
    if (isDropped || attempt === maxRetries) {
      const rest = again.map((place) => ({ place, failure, reason: dropReason(failure) }));
      return { kind: 'part', givenUp: [...givenUp, ...rest], again: [], attempt };
    }
    await this.#pause(attempt, failure);
    return { kind: 'part', givenUp, again, attempt: attempt + 1 };
  }

  async #attempt(push: Push): Promise<Verdict> {
    const { transport, metrics, status, now, abandon } = this.#deps;
    const startedAt = performance.now();
    const outcome = await transport.post(push, abandon);
    const latencyMs = performance.now() - startedAt;
    // An attempt that was cut short says nothing about the server.
    if (outcome.kind === 'sent' || !abandon.aborted) {
      metrics.requested(outcome.status, latencyMs / 1000);
      status.note(outcome, now(), latencyMs);
    }
    this.#learnPace(push, outcome);
    return judge(outcome, this.#policy);
  }

  #learnPace({ tenant, byteLength }: Push, outcome: PushOutcome): void {
    const nowMs = performance.now();
    if (outcome.kind === 'sent') this.#paces.sent(tenant, byteLength, nowMs);
    else if (outcome.kind === 'retry' && outcome.rateLimit !== undefined)
      this.#paces.limited(tenant, outcome.rateLimit, nowMs);
  }

  /** Waits until one more push is within the limit that the server has told. */
  async #keepPace(tenant: string): Promise<void> {
    const { abandon, closing } = this.#deps;
    const ms = closing.aborted ? 0 : this.#paces.waitMs(tenant, performance.now());
    if (ms > 0) await sleep(ms, abandon, closing);
  }

  get #policy(): SendPolicy {
    const { backoff_config: backoff, drop_rate_limited_batches: dropRateLimited } = this.#options;
    const { isProven } = this.#deps.status;
    return { givesUp: (backoff.max_retries ?? 0) > 0, dropRateLimited, isProven };
  }

  #tell({ kind, status, error }: Failure, tenant: string, what = 'every push is refused'): void {
    if (kind === 'retry') {
      this.#deps.log.warn({ status, tenant, error }, 'error sending batch, will retry');
    } else if (error !== this.#told) {
      this.#told = error;
      this.#deps.log.error(
        { status, tenant, error },
        `${what}, which looks like a wrong setting here or there; will retry until it is mended`,
      );
    }
  }

  /** Waits as long as the server asked for, or as the schedule has it; a server cannot ask for more than `max_period`. */
  async #pause(attempt: number, { afterMs }: Failure): Promise<void> {
    const { abandon, closing } = this.#deps;
    const { min_period: min, max_period: max } = this.#options.backoff_config;
    if (closing.aborted) return sleep(min, abandon);
    const ms =
      afterMs === undefined
        ? backoffMs(attempt, min, max, Math.random())
        : Math.min(Math.max(afterMs, min), max);
    return sleep(ms, abandon, closing);
  }
}
