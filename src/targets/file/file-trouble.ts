import type { Logger } from 'pino';
import type { FileMetrics } from '../../metrics/file-metrics.js';

/** What goes wrong with one path: each kind of trouble is told once until it is over, and counted each time. */
export class FileTrouble {
  readonly #path: string;
  readonly #metrics: FileMetrics;
  readonly #log: Logger;
  #reading: string | undefined;
  #looking: string | undefined;

  constructor(path: string, { metrics, log }: { readonly metrics: FileMetrics; readonly log: Logger }) {
    this.#path = path;
    this.#metrics = metrics;
    this.#log = log;
  }

  get last(): string | undefined {
    return this.#reading ?? this.#looking;
  }

  cannotRead(error: unknown): void {
    const { code = 'unknown', message } = error as NodeJS.ErrnoException;
    this.#metrics.errors.inc({ code });
    if (this.#reading !== message)
      this.#log.error({ path: this.#path, err: error }, 'cannot read the file; trying again');
    this.#reading = message;
  }

  hasRead(): void {
    this.#reading = undefined;
  }

  /** The path cannot be looked at. What is open is read on. */
  cannotLook(error: unknown): void {
    const { code = 'unknown', message } = error as NodeJS.ErrnoException;
    this.#metrics.errors.inc({ code });
    if (this.#looking !== message)
      this.#log.error({ path: this.#path, reason: message }, 'cannot look at the path; trying again');
    this.#looking = message;
  }

  hasLooked(): void {
    this.#looking = undefined;
  }
}
