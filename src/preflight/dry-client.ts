import { Batch } from '../client/batch.js';
import { BatchMemory } from '../client/batch-memory.js';
import type { Destinations } from '../client/destination.js';
import { type LokiOptions, LokiProtocol, lokiDestinations } from '../client/loki.js';
import { type Entry, settle } from '../entry/entry.js';
import type { PackedEntries } from '../entry/packed-entries.js';
import type { Sink } from '../entry/sink.js';
import { GzipSample } from './gzip-sample.js';

/** A client that makes push requests, as many bytes as one makes, and sends none. */
export class DryClient implements Sink {
  /** What Loki would make of the lines. */
  readonly sample = new GzipSample();
  /** Of lines and metadata. */
  bytes = 0;
  /** Of push requests, compressed. */
  pushedBytes = 0;
  readonly #maxBatchBytes: number;
  readonly #destinations: Destinations;
  readonly #protocol: LokiProtocol;
  readonly #memory = new BatchMemory();
  #batch = new Batch('', 0, this.#memory);

  constructor(options: LokiOptions) {
    this.#maxBatchBytes = options.batchsize;
    this.#destinations = lokiDestinations(options);
    this.#protocol = new LokiProtocol(options);
  }

  push(entries: Entry[]): undefined {
    for (const entry of entries) this.#add(entry);
    settle(entries);
  }

  pushPacked(packed: PackedEntries): undefined {
    const destinations = packed.streams.map(({ labels }) => this.#destinations.of(labels));
    for (let from = 0; from < packed.count; ) {
      const { size } = this.#batch;
      from = this.#batch.addPacked(packed, from, this.#maxBatchBytes, destinations);
      this.bytes += this.#batch.size - size;
      if (from < packed.count) this.#send();
    }
    for (let index = 0; index < packed.count; index++) this.sample.take(packed.line(index));
    packed.ack.done(packed.count);
  }

  /** Nothing more is to come. */
  flush(): void {
    this.#send();
    this.sample.flush();
  }

  #add(entry: Entry): void {
    const { line, metadata } = entry;
    const lineBytes = line.byteLength;
    const size = lineBytes + (metadata?.size ?? 0);
    if (this.#batch.size + size > this.#maxBatchBytes) this.#send();
    this.#batch.add(entry, this.#destinations.of(entry.labels).labels, line, lineBytes, size);
    this.bytes += size;
    this.sample.take(line);
  }

  #send(): void {
    if (this.#batch.entryCount === 0) return;
    const body = this.#protocol.encode(this.#batch, this.#batch.runs);
    this.pushedBytes += body.bytes.length;
    body.release();
    this.#memory.clear();
    this.#batch = new Batch('', 0, this.#memory);
  }
}
