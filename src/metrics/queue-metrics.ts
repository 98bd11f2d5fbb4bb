import { Counter, Gauge, type Registry } from 'prom-client';

/** What the disk queue of one job tells. */
export interface QueueMetrics {
  appended(entries: number): void;
  /** Bytes were given up, or found damaged. */
  gaveUp(reason: string, bytes: number): void;
  /** A file was removed. */
  reclaimed(bytes: number): void;
}

/** The metrics of all disk queues. */
export class AllQueueMetrics {
  readonly #appended;
  readonly #gaveUp;
  readonly #reclaimed;
  readonly #sizes = new Map<string, () => number>();

  constructor(registry: Registry) {
    const counter = (name: string, help: string, ...labelNames: string[]) =>
      new Counter({ name, help, labelNames, registers: [registry] });
    this.#appended = counter(
      'auditail_queue_appended_entries_total',
      'Entries that went through the queue on the disk.',
      'job',
    );
    this.#gaveUp = counter(
      'auditail_queue_lost_bytes_total',
      'Bytes of the queue on the disk that were given up before they were sent.',
      'job',
      'reason',
    );
    this.#reclaimed = counter(
      'promtail_wal_writer_reclaimed_space',
      'Bytes of the queue on the disk that were freed again.',
    );
    const sizes = this.#sizes;
    new Gauge({
      name: 'auditail_queue_bytes',
      help: 'Bytes that the queue on the disk takes.',
      labelNames: ['job'],
      registers: [registry],
      collect() {
        this.reset();
        for (const [job, size] of sizes) this.set({ job }, size());
      },
    });
  }

  forJob(job: string): QueueMetrics {
    this.#appended.inc({ job }, 0);
    return {
      appended: (entries) => this.#appended.inc({ job }, entries),
      gaveUp: (reason, bytes) => this.#gaveUp.inc({ job, reason }, bytes),
      reclaimed: (bytes) => this.#reclaimed.inc(bytes),
    };
  }

  /** Asks for the job's size at each scrape, until the function returned is called. */
  watchSize(job: string, size: () => number): () => void {
    this.#sizes.set(job, size);
    return () => this.#sizes.delete(job);
  }
}
