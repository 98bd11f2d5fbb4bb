import type { Entry } from '../entry/entry.js';
import type { Labels } from '../entry/labels.js';
import type { Line } from '../entry/line.js';
import type { PackedEntries } from '../entry/packed-entries.js';
import type { TenantMetrics } from '../metrics/client-metrics.js';
import { Batch } from './batch.js';
import type { BatchMemory } from './batch-memory.js';
import type { Destination } from './destination.js';
import type { MemoryPool } from './memory-pool.js';

export interface LaneDeps {
  readonly maxWaitMs: number;
  readonly maxSize: number;
  /** Streams in one batch; 0 for any number. */
  readonly maxStreams: number;
  /** Batches sent at a time. More than one are not kept in order. */
  readonly maxSending: number;
  readonly pool: MemoryPool<BatchMemory>;
  readonly now: () => number;
  /** Resolves to false when the batch was abandoned: then no other follows. */
  send(batch: Batch, metrics: TenantMetrics): Promise<boolean>;
  /** The batch is settled and out of the way. */
  onDone(lane: Lane, batch: Batch): void;
}

/** Before the source has to wait, this many batches are ready to follow those being sent. With one, reading a backlog was 7 % slower. */
const maxReady = 2;

/** The batches of one tenant: no tenant waits for another. Sent one after the other, in order, unless its kind does without. */
export class Lane {
  readonly tenant: string;
  readonly metrics: TenantMetrics;
  readonly #deps: LaneDeps;
  #open: Batch | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** The open batch is to go as soon as the way is free; until then it may grow. */
  #isDue = false;
  readonly #waiting: Batch[] = [];
  readonly #sending = new Set<Batch>();

  constructor(tenant: string, metrics: TenantMetrics, deps: LaneDeps) {
    this.tenant = tenant;
    this.metrics = metrics;
    this.#deps = deps;
  }

  get isFull(): boolean {
    return this.#waiting.length + this.#sending.size >= this.#deps.maxSending + maxReady;
  }

  get isIdle(): boolean {
    return this.#open === undefined && this.#sending.size === 0 && this.#waiting.length === 0;
  }

  /** Not settled yet. */
  batches(): Batch[] {
    return [...this.#sending, ...this.#waiting, this.#open].filter((batch) => batch !== undefined);
  }

  /** Takes in an entry. `size` is by Promtail's count. */
  add(entry: Entry, labels: Labels, line: Line, lineBytes: number, size: number): void {
    let batch = this.#open;
    if (batch !== undefined && !this.#fits(batch, labels, size)) {
      this.#close(batch);
      batch = undefined;
    }
    batch ??= this.#openBatch();
    batch.add(entry, labels, line, lineBytes, size);
  }

  /** Takes in all of these entries; `destinations` are those of their streams. Answers their size by Promtail's count. */
  addPacked(packed: PackedEntries, destinations: readonly Destination[]): number {
    const { maxSize } = this.#deps;
    let total = 0;
    for (let from = 0; from < packed.count; ) {
      const batch = this.#open ?? this.#openBatch();
      const { size } = batch;
      from = batch.addPacked(packed, from, maxSize, destinations);
      total += batch.size - size;
      if (from < packed.count) this.#close(batch);
    }
    return total;
  }

  /** Sends what there is without waiting for more. */
  flush(): void {
    this.#isDue = true;
    this.#sendNext();
  }

  /** The open batch does not wait for its time any more. */
  stop(): void {
    clearTimeout(this.#timer);
  }

  /** Promtail stops for ever at the first stream that is too many for a batch; here it starts the next one. */
  #fits(batch: Batch, labels: Labels, size: number): boolean {
    const { maxSize, maxStreams } = this.#deps;
    if (batch.size + size > maxSize) return false;
    return maxStreams === 0 || batch.streams.length < maxStreams || batch.hasStream(labels);
  }

  #openBatch(): Batch {
    const { pool, now, maxWaitMs } = this.#deps;
    const batch = new Batch(this.tenant, now(), pool.take());
    this.#open = batch;
    this.#timer = setTimeout(() => this.flush(), maxWaitMs);
    return batch;
  }

  #close(batch: Batch): void {
    clearTimeout(this.#timer);
    this.#isDue = false;
    this.#open = undefined;
    this.#waiting.push(batch);
    this.#sendNext();
  }

  #sendNext(): void {
    if (this.#sending.size === this.#deps.maxSending) return;
    if (this.#waiting.length === 0 && this.#isDue && this.#open !== undefined) {
      this.#close(this.#open);
      return;
    }
    const batch = this.#waiting.shift();
    if (batch === undefined) return;
    this.#sending.add(batch);
    void this.#send(batch);
  }

  async #send(batch: Batch): Promise<void> {
    const { send, pool, onDone } = this.#deps;
    const isDone = await send(batch, this.metrics);
    if (!isDone) return;
    this.#sending.delete(batch);
    pool.give(batch.memory);
    this.#sendNext();
    onDone(this, batch);
  }
}
