import type { Logger } from 'pino';
import type { HostMetrics, TenantMetrics } from '../metrics/client-metrics.js';
import type { Batch } from './batch.js';
import type { ClientStatus } from './client-status.js';
import type { DeadLetter, DeadLetters } from './dead-letters.js';
import type { EntryRuns } from './entry-runs.js';
import type { Body, Protocol } from './protocol.js';
import type { Failure } from './push-outcome.js';
import { readEntries } from './read-entries.js';
import { isTooLarge, tooLarge } from './refusal.js';
import type { GivenUp, PartDecision, Sender } from './sender.js';

/** What the deliveries of one client share. */
export interface DeliveryDeps {
  readonly sender: Sender;
  readonly protocol: Protocol;
  readonly metrics: HostMetrics;
  readonly status: ClientStatus;
  /** Undefined: what is refused is only counted. */
  readonly deadLetters: DeadLetters | undefined;
  /** Rate-limited batches are given up because the config says so, which is no error. */
  readonly dropRateLimited: boolean;
  readonly log: Logger;
  readonly abandon: AbortSignal;
}

/**
 * Where Loki refuses a part for a reason of its own, it has kept what was good in it: all there is to lose by giving the part
 * up whole is an exact count. So a batch is looked into only so far: while halves are accepted now and then, and not for ever.
 */
const maxRefusedInARow = 32;
const maxHalvings = 128;

/**
 * One batch on its way: sent whole, or in ever smaller parts when something in it is refused, until just that is left.
 * Parts go in order; sending again what Loki has is harmless, as it keeps one of equal entries.
 */
export class Delivery {
  readonly #batch: Batch;
  readonly #metrics: TenantMetrics;
  readonly #deps: DeliveryDeps;
  #halvings = 0;
  #refusedInARow = 0;
  readonly #losses = new Map<string, { entries: number; failure: Failure }>();

  constructor(batch: Batch, metrics: TenantMetrics, deps: DeliveryDeps) {
    this.#batch = batch;
    this.#metrics = metrics;
    this.#deps = deps;
  }

  /** True once every entry is sent or given up, and settled; false when it was abandoned before that. */
  async run(): Promise<boolean> {
    const isDone = await this.#send(this.#batch.runs);
    if (isDone) this.#batch.settle();
    this.#tellLosses();
    return isDone;
  }

  async #send(runs: EntryRuns, attempt = 1): Promise<boolean> {
    const { sender } = this.#deps;
    const body = await this.#encode(runs);
    const { length } = body.bytes;
    const { entryCount, byteLength } = runs;
    const push = { body: body.bytes, entryCount, byteLength, tenant: this.#batch.tenant };
    const decision = await sender.send(push, this.#metrics, attempt);
    body.release();
    switch (decision.kind) {
      case 'sent':
        this.#noteSent(length, runs.entryCount);
        return true;
      case 'part':
        return this.#finishParts(runs, length, decision);
      case 'halve': {
        const { failure } = decision;
        this.#refusedInARow += 1;
        if (this.#isWorthHalving(runs, failure)) return this.#sendHalves(runs);
        return this.#giveUp(runs, length, allOf(runs, failure, reasonOf(failure)));
      }
      case 'drop':
        return this.#giveUp(runs, length, allOf(runs, decision.failure, decision.reason));
      case 'abandoned':
        return false;
    }
  }

  async #encode(runs: EntryRuns): Promise<Body> {
    const { protocol, metrics } = this.#deps;
    const body = await protocol.encode(this.#batch, runs);
    metrics.encoded(body.bytes.length);
    return body;
  }

  #noteSent(bytes: number, entries: number): void {
    const { metrics, status } = this.#deps;
    this.#refusedInARow = 0;
    metrics.sent(bytes, entries);
    status.sentEntries += entries;
  }

  /** Bytes are shared out evenly among the entries of a push: it was packed as a whole. */
  async #finishParts(
    runs: EntryRuns,
    length: number,
    { givenUp, again, attempt }: PartDecision,
  ): Promise<boolean> {
    const bytesOf = (count: number) => Math.round((length * count) / runs.entryCount);
    const taken = runs.entryCount - givenUp.length - again.length;
    if (taken > 0) this.#noteSent(bytesOf(taken), taken);
    const lost = givenUp.toSorted((a, b) => a.place - b.place);
    const part = runs.pick(
      this.#batch.bytes,
      lost.map(({ place }) => place),
    );
    if (!(await this.#giveUp(part, bytesOf(lost.length), lost))) return false;
    if (again.length === 0) return true;
    if (this.#deps.abandon.aborted) return false;
    return this.#send(runs.pick(this.#batch.bytes, again), attempt);
  }

  #isWorthHalving(runs: EntryRuns, failure: Failure): boolean {
    if (runs.entryCount === 1) return false;
    if (isTooLarge(failure) || failure.reason === undefined) return true;
    return this.#refusedInARow < maxRefusedInARow && this.#halvings < maxHalvings;
  }

  async #sendHalves(runs: EntryRuns): Promise<boolean> {
    this.#halvings += 1;
    const [first, second] = runs.halves(this.#batch.bytes);
    return (await this.#send(first)) && (await this.#send(second));
  }

  /** `lost` says why, entry by entry. */
  async #giveUp(runs: EntryRuns, bytes: number, lost: readonly GivenUp[]): Promise<boolean> {
    const { deadLetters, abandon, status } = this.#deps;
    if (lost.length === 0) return true;
    if (deadLetters !== undefined) {
      const isKept = await deadLetters.keep(this.#letters(runs, lost), abandon);
      if (!isKept) return false;
    }
    status.droppedEntries += lost.length;
    for (const [reason, same] of Map.groupBy(lost, (each) => each.reason)) {
      this.#metrics.dropped(reason, Math.round((bytes * same.length) / lost.length), same.length);
      const loss = this.#losses.get(reason) ?? { entries: 0, failure: same[0]!.failure };
      loss.entries += same.length;
      this.#losses.set(reason, loss);
    }
    return true;
  }

  #letters(runs: EntryRuns, lost: readonly GivenUp[]): DeadLetter[] {
    const { tenant } = this.#batch;
    return Array.from(readEntries(this.#batch, runs), (entry, index) => {
      const { reason, failure } = lost[index]!;
      return { ...entry, tenant, status: failure.status, reason, error: failure.error };
    });
  }

  #tellLosses(): void {
    const { log, dropRateLimited } = this.#deps;
    for (const [reason, { entries, failure }] of this.#losses) {
      const { status, error } = failure;
      const fields = { status, tenant: this.#batch.tenant, reason, entries, error };
      if (reason === 'rate_limited' && dropRateLimited)
        log.warn(fields, 'dropping batch due to rate limiting applied at ingester');
      else log.error(fields, 'final error sending batch');
    }
  }
}

function reasonOf(failure: Failure): string {
  return isTooLarge(failure) ? tooLarge : (failure.reason ?? 'ingester_error');
}

function allOf(runs: EntryRuns, failure: Failure, reason: string): GivenUp[] {
  return Array.from({ length: runs.entryCount }, (_, place) => ({ place, failure, reason }));
}
