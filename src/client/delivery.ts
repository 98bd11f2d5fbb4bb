import type { Logger } from 'pino';
import type { HostMetrics, TenantMetrics } from '../metrics/client-metrics.js';
import type { Batch } from './batch.js';
import type { ByteBuffer, ByteBufferPool } from './byte-buffer.js';
import type { ClientStatus } from './client-status.js';
import type { DeadLetter, DeadLetters } from './dead-letters.js';
import { decodeEntry, entryEnd } from './decode-entry.js';
import { encodePush } from './encode-push.js';
import type { EntryRuns } from './entry-runs.js';
import type { Failure } from './push-outcome.js';
import { isTooLarge, refusalReason } from './refusal.js';
import type { Sender } from './sender.js';
import type { Compress } from './snappy.js';

/** What the deliveries of one client share. */
export interface DeliveryDeps {
  readonly sender: Sender;
  readonly compress: Compress;
  /** Where push requests are put together, to be compressed at once. */
  readonly scratch: ByteBuffer;
  /** What bodies are packed into, to be used again when they have been answered. */
  readonly bodies: ByteBufferPool;
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
 * One batch on its way to Loki: sent whole, or in ever smaller parts when something in it is refused, until just that is left.
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

  async #send(runs: EntryRuns): Promise<boolean> {
    const { sender, metrics, status, bodies } = this.#deps;
    const body = this.#encode(runs);
    const decision = await sender.send(body.view(), this.#batch.tenant, this.#metrics);
    const { length } = body;
    bodies.give(body);
    switch (decision.kind) {
      case 'sent':
        this.#refusedInARow = 0;
        metrics.sent(length, runs.entryCount);
        status.sentEntries += runs.entryCount;
        return true;
      case 'halve': {
        const { failure } = decision;
        this.#refusedInARow += 1;
        if (this.#isWorthHalving(runs, failure)) return this.#sendHalves(runs);
        return this.#giveUp(runs, length, reasonOf(failure), failure);
      }
      case 'drop':
        return this.#giveUp(runs, length, decision.reason, decision.failure);
      case 'abandoned':
        return false;
    }
  }

  #encode(runs: EntryRuns): ByteBuffer {
    const { compress, scratch, metrics, bodies } = this.#deps;
    encodePush(this.#batch, runs, scratch);
    const body = bodies.take();
    compress(scratch.view(), body);
    metrics.encoded(body.length);
    return body;
  }

  #isWorthHalving(runs: EntryRuns, { status, error }: Failure): boolean {
    if (runs.entryCount === 1) return false;
    if (isTooLarge(status, error) || refusalReason(error) === undefined) return true;
    return this.#refusedInARow < maxRefusedInARow && this.#halvings < maxHalvings;
  }

  async #sendHalves(runs: EntryRuns): Promise<boolean> {
    this.#halvings += 1;
    const [first, second] = runs.halves(this.#batch.bytes);
    return (await this.#send(first)) && (await this.#send(second));
  }

  async #giveUp(runs: EntryRuns, bytes: number, reason: string, failure: Failure): Promise<boolean> {
    const { deadLetters, abandon, status } = this.#deps;
    if (deadLetters !== undefined) {
      const isKept = await deadLetters.keep(this.#letters(runs, reason, failure), abandon);
      if (!isKept) return false;
    }
    this.#metrics.dropped(reason, bytes, runs.entryCount);
    status.droppedEntries += runs.entryCount;
    const loss = this.#losses.get(reason) ?? { entries: 0, failure };
    loss.entries += runs.entryCount;
    this.#losses.set(reason, loss);
    return true;
  }

  #letters(runs: EntryRuns, reason: string, { status, error }: Failure): DeadLetter[] {
    const { bytes, streams, tenant } = this.#batch;
    const letters: DeadLetter[] = [];
    for (let run = 0; run < runs.length; run++) {
      const labels = streams[runs.streams[run]!]!;
      for (let at = runs.starts[run]!; at < runs.ends[run]!; ) {
        const end = entryEnd(bytes, at);
        letters.push({ ...decodeEntry(bytes, at, end), labels, tenant, status, reason, error });
        at = end;
      }
    }
    return letters;
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

function reasonOf({ status, error }: Failure): string {
  return isTooLarge(status, error) ? 'request_body_too_large' : (refusalReason(error) ?? 'ingester_error');
}
