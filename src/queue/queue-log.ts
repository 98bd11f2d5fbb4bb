import type { Logger } from 'pino';
import type { Entry } from '../entry/entry.js';
import type { QueueMetrics } from '../metrics/queue-metrics.js';

/** Counts what goes through a queue, and tells of what does not. */
export class QueueLog {
  readonly #log: Logger;
  readonly #metrics: QueueMetrics;
  #hasToldFull = false;

  constructor(log: Logger, metrics: QueueMetrics) {
    this.#log = log;
    this.#metrics = metrics;
  }

  appended(entries: number): void {
    this.#hasToldFull = false;
    this.#metrics.appended(entries);
  }

  full(bytes: number): void {
    if (this.#hasToldFull) return;
    this.#hasToldFull = true;
    this.#log.warn({ bytes }, 'the queue on the disk is full; told once, until there is room again');
  }

  /** Entries found no room before the end. */
  gaveUpLast(entries: readonly Entry[]): void {
    const bytes = entries.reduce((sum, { line }) => sum + line.byteLength, 0);
    this.#metrics.gaveUp('no_room', bytes);
    this.#log.error(
      { entries: entries.length },
      'gave up entries at the stop: there is no room for them in the queue on the disk',
    );
  }

  gaveUpOld(bytes: number): void {
    this.#metrics.gaveUp('too_old', bytes);
    this.#log.error(
      { bytes },
      'gave up entries in the queue on the disk: they are older than cleanSegmentsOlderThan',
    );
  }

  damaged(bytes: number): void {
    this.#metrics.gaveUp('damaged', bytes);
    this.#log.warn(
      { bytes },
      'skipped bytes of the queue on the disk that are not whole: cut off when the agent was killed, or damaged',
    );
  }
}
