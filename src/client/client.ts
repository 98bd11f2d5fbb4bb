import { setMaxListeners } from 'node:events';
import type { Logger } from 'pino';
import type { Entry } from '../entry/entry.js';
import type { PackedEntries } from '../entry/packed-entries.js';
import { isEncodableTime } from '../entry/wire-entry.js';
import { maskPassword } from '../fields/scalars.js';
import type { HostMetrics } from '../metrics/client-metrics.js';
import type { Batch } from './batch.js';
import { BatchMemory } from './batch-memory.js';
import type { EntryClient } from './client-kind.js';
import type { SendingOptions } from './client-options.js';
import type { ClientState, ClientStatus } from './client-status.js';
import { Delivery, type DeliveryDeps } from './delivery.js';
import { type Destination, Destinations } from './destination.js';
import { Lane, type LaneDeps } from './lane.js';
import { type ClientLimits, cutLine } from './line-limit.js';
import { MemoryPool } from './memory-pool.js';
import type { Poster } from './sender.js';
import { faultOf, type Unsendable, UnsendableEntries } from './unsendable.js';

/** What a client is put together from: see create-client.ts. */
export interface ClientParts {
  readonly name: string;
  readonly limits: ClientLimits;
  readonly log: Logger;
  readonly now: () => number;
  readonly metrics: HostMetrics;
  readonly status: ClientStatus;
  readonly transport: Poster;
  readonly delivery: DeliveryDeps;
  /** The client is to stop: aborted by it. */
  readonly closing: AbortController;
  /** Its time is up: aborted by it. */
  readonly abandon: AbortController;
}

/** What all tenants together may hold before every source has to wait: so many batches, but at least so many bytes. */
const maxPendingBatches = 16;
const minPendingBytes = 16 * 1024 * 1024;

/**
 * One item of `clients:`. Takes entries in, with one lane of batches a tenant, and settles each once Loki has it or a rule has
 * dropped it. Entries are encoded at once; nothing of them is kept or changed.
 */
export class Client implements EntryClient {
  readonly #options: SendingOptions;
  readonly #parts: ClientParts;
  readonly #destinations: Destinations;
  readonly #lanes = new Map<string, Lane>();
  readonly #laneDeps: LaneDeps;
  readonly #maxPendingBytes: number;
  #pendingBytes = 0;
  /** Resolved, and replaced by the next, each time a batch is out of the way. */
  #progress = Promise.withResolvers<void>();
  readonly #unsendable: UnsendableEntries;

  constructor(options: SendingOptions, parts: ClientParts) {
    this.#options = options;
    this.#parts = parts;
    this.#destinations = new Destinations(options.external_labels, (labels) =>
      parts.delivery.protocol.tenantOf(labels),
    );
    this.#maxPendingBytes = Math.max(maxPendingBatches * options.batchsize, minPendingBytes);
    this.#laneDeps = {
      maxWaitMs: options.batchwait,
      maxSize: options.batchsize,
      maxStreams: parts.limits.maxStreams,
      maxSending: parts.delivery.protocol.maxSending,
      pool: new MemoryPool(() => new BatchMemory(), 4 * options.batchsize),
      now: parts.now,
      send: (batch, metrics) => new Delivery(batch, metrics, parts.delivery).run(),
      onDone: (lane, batch) => this.#onDone(lane, batch),
    };
    this.#unsendable = new UnsendableEntries(parts.delivery);
    // Every lane listens to these.
    setMaxListeners(0, parts.closing.signal, parts.abandon.signal);
  }

  get name(): string {
    return this.#parts.name;
  }

  /** Entries that come after `close` stay unsettled. */
  push(entries: Entry[]): Promise<void> | undefined {
    if (this.#parts.closing.signal.aborted) return undefined;
    const lanes = new Set<Lane>();
    const unsendable: Unsendable[] = [];
    let lane: Lane | undefined;
    for (const entry of entries) {
      const destination = this.#destinations.of(entry.labels);
      const fault = faultOf(entry, destination);
      if (fault !== undefined) {
        unsendable.push({ entry, destination, fault });
        continue;
      }
      if (lane?.tenant !== destination.tenant) {
        lane = this.#laneOf(destination.tenant);
        lanes.add(lane);
      }
      this.#add(lane, entry, destination);
    }
    const isKept = unsendable.length > 0 ? this.#unsendable.giveUp(unsendable) : undefined;
    const isRoom = this.#mustWait(lanes) ? this.#room(lanes) : undefined;
    return isKept === undefined ? isRoom : Promise.all([isKept, isRoom]).then(() => {});
  }

  /** As `push`; taken over as they are if all may go the same way. */
  pushPacked(packed: PackedEntries): Promise<void> | undefined {
    if (this.#parts.closing.signal.aborted) return undefined;
    const destinations = this.#sharedWay(packed);
    if (destinations === undefined) return this.push(packed.entries());
    const lane = this.#laneOf(destinations[0]!.tenant);
    this.#pendingBytes += lane.addPacked(packed, destinations);
    const lanes = new Set([lane]);
    return this.#mustWait(lanes) ? this.#room(lanes) : undefined;
  }

  /**
   * Sends what is there, until all of it is settled or `deadline` says that time is up. What is not settled by then stays
   * so, to be read again by the next run.
   */
  async close(deadline: AbortSignal): Promise<void> {
    const { closing, abandon, log, transport } = this.#parts;
    closing.abort();
    const giveUp = () => abandon.abort();
    deadline.addEventListener('abort', giveUp, { once: true });
    if (deadline.aborted) giveUp();
    for (const lane of this.#lanes.values()) lane.flush();
    while (this.#isBusy && !abandon.signal.aborted) await this.#nextProgress();
    deadline.removeEventListener('abort', giveUp);
    const { pendingEntries } = this.state();
    if (pendingEntries > 0) {
      log.warn(
        { entries: pendingEntries },
        'stopped before all entries were sent; they are not counted as read',
      );
    }
    abandon.abort();
    for (const lane of this.#lanes.values()) lane.stop();
    await transport.close();
  }

  state(): ClientState {
    const { name, status } = this.#parts;
    const batches = [...this.#lanes.values()].flatMap((lane) => lane.batches());
    return {
      name,
      url: maskPassword(this.#options.url.url),
      pendingEntries: batches.reduce((sum, batch) => sum + batch.entryCount, 0),
      pendingBytes: this.#pendingBytes,
      pendingBatches: batches.length,
      ...status.state(),
    };
  }

  get #isBusy(): boolean {
    return [...this.#lanes.values()].some((lane) => !lane.isIdle);
  }

  #laneOf(tenant: string): Lane {
    let lane = this.#lanes.get(tenant);
    if (lane === undefined) {
      lane = new Lane(tenant, this.#parts.metrics.forTenant(tenant), this.#laneDeps);
      this.#lanes.set(tenant, lane);
    }
    return lane;
  }

  #add(lane: Lane, entry: Entry, { labels }: Destination): void {
    const { maxLineSize, maxLineSizeTruncate } = this.#parts.limits;
    let { line } = entry;
    let lineBytes = line.byteLength;
    if (maxLineSize > 0 && lineBytes > maxLineSize) {
      if (!maxLineSizeTruncate) {
        lane.metrics.dropped('line_too_long', lineBytes, 1);
        this.#parts.status.droppedEntries += 1;
        entry.ack.done(entry.lines);
        return;
      }
      lane.metrics.mutated('line_too_long', lineBytes - maxLineSize);
      line = cutLine(line, maxLineSize);
      lineBytes = maxLineSize;
    }
    const size = lineBytes + (entry.metadata?.size ?? 0);
    lane.add(entry, labels, line, lineBytes, size);
    this.#pendingBytes += size;
  }

  /** Where each stream goes; undefined when that is not one lane for all, or some entries need a closer look. */
  #sharedWay(packed: PackedEntries): Destination[] | undefined {
    const { maxLineSize, maxStreams } = this.#parts.limits;
    const destinations = packed.streams.map(({ labels }) => this.#destinations.of(labels));
    const { tenant } = destinations[0]!;
    if (maxStreams > 0 || destinations.some((each) => each.isTenantBad || each.tenant !== tenant))
      return undefined;
    for (let index = 0; index < packed.count; index++) {
      const isTooLong = maxLineSize > 0 && packed.lineBytes(index) > maxLineSize;
      if (isTooLong || !isEncodableTime(packed.seconds(index), packed.nanos(index))) return undefined;
    }
    return destinations;
  }

  #mustWait(lanes: ReadonlySet<Lane>): boolean {
    if (this.#parts.abandon.signal.aborted) return false;
    return this.#pendingBytes > this.#maxPendingBytes || [...lanes].some((lane) => lane.isFull);
  }

  async #room(lanes: ReadonlySet<Lane>): Promise<void> {
    while (this.#mustWait(lanes)) {
      // With many tenants the bytes may all be in open batches.
      if (this.#pendingBytes > this.#maxPendingBytes) for (const lane of this.#lanes.values()) lane.flush();
      await this.#nextProgress();
    }
  }

  #onDone(lane: Lane, batch: Batch): void {
    this.#pendingBytes -= batch.size;
    // Tenants may come from the lines, so that there is no end of them.
    if (lane.isIdle) this.#lanes.delete(lane.tenant);
    this.#tellProgress();
  }

  #tellProgress(): void {
    this.#progress.resolve();
    this.#progress = Promise.withResolvers();
  }

  async #nextProgress(): Promise<void> {
    const { signal } = this.#parts.abandon;
    const onAbort = () => this.#tellProgress();
    signal.addEventListener('abort', onAbort, { once: true });
    await this.#progress.promise;
    signal.removeEventListener('abort', onAbort);
  }
}
