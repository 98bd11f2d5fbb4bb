import type { Logger } from 'pino';
import { backoffMs } from '../http/backoff.js';
import { sleep } from '../http/sleep.js';
import type { HostMetrics, TenantMetrics } from '../metrics/client-metrics.js';
import type { ClientOptions } from './client-options.js';
import type { ClientStatus } from './client-status.js';
import type { Failure } from './push-outcome.js';
import type { Transport } from './transport.js';
import { dropReason, judge, type Verdict } from './verdict.js';

/** What became of a push request in the end. */
export type Decision = Exclude<Verdict, { kind: 'again' }> | { readonly kind: 'abandoned' };

export interface SenderDeps {
  readonly transport: Transport;
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
  readonly #options: ClientOptions;
  readonly #deps: SenderDeps;
  /** The last refusal that was told: one that stays is told once. */
  #told = '';

  constructor(options: ClientOptions, deps: SenderDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  async send(body: Buffer, tenant: string, metrics: TenantMetrics): Promise<Decision> {
    const { abandon } = this.#deps;
    const { max_retries: maxRetries = 0 } = this.#options.backoff_config;
    for (let attempt = 1; ; attempt++) {
      const verdict = await this.#attempt(body, tenant);
      if (verdict.kind === 'sent') {
        this.#told = '';
        return verdict;
      }
      if (abandon.aborted) return { kind: 'abandoned' };
      if (verdict.kind !== 'again') return verdict;
      // As in Promtail, the attempt after which it gives up is counted as one to be followed by another.
      metrics.retried();
      this.#tell(verdict.failure, tenant);
      if (attempt === maxRetries) return { ...verdict, kind: 'drop', reason: dropReason(verdict.failure) };
      await this.#pause(attempt, verdict.failure);
      if (abandon.aborted) return { kind: 'abandoned' };
    }
  }

  async #attempt(body: Buffer, tenant: string): Promise<Verdict> {
    const { transport, metrics, status, now, abandon } = this.#deps;
    const startedAt = performance.now();
    const outcome = await transport.post(body, tenant, abandon);
    const latencyMs = performance.now() - startedAt;
    // An attempt that was cut short says nothing about the server.
    if (outcome.kind === 'sent' || !abandon.aborted) {
      metrics.requested(outcome.status, latencyMs / 1000);
      status.note(outcome, now(), latencyMs);
    }
    const { backoff_config: backoff, drop_rate_limited_batches: dropRateLimited } = this.#options;
    return judge(outcome, {
      givesUp: (backoff.max_retries ?? 0) > 0,
      dropRateLimited,
      isProven: status.isProven,
    });
  }

  #tell({ kind, status, error }: Failure, tenant: string): void {
    if (kind === 'retry') {
      this.#deps.log.warn({ status, tenant, error }, 'error sending batch, will retry');
    } else if (error !== this.#told) {
      this.#told = error;
      this.#deps.log.error(
        { status, tenant, error },
        'every push is refused, which looks like a wrong setting here or there; will retry until it is mended',
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
