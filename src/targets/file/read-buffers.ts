import { Buffer } from 'node:buffer';

/**
 * Read at most so much a turn: the event loop is not held up for long, and lines of a chunk share their cost. Half of it takes 6 % more
 * CPU on the bench's job, twice as much saves no more.
 */
export const chunkBytes = 512 * 1024;

/**
 * The buffers that the files of one job take turns to read into: however many files there are, and however long Loki is away, memory does
 * not grow. Two, as the job's pipeline takes one chunk at a time while the next is read; and a job of its own, as a pipeline that waits must not starve others.
 */
export class ReadBuffers {
  readonly #free: Buffer[] = [];
  readonly #waiting: ((buffer: Buffer) => void)[] = [];
  #mayCreate: number;

  constructor(count = 2) {
    this.#mayCreate = count;
  }

  /** A buffer for the caller alone, in the order of asking. The wait ends with `signal`, by rejection. */
  take(signal?: AbortSignal): Promise<Buffer> | Buffer {
    const free = this.takeSpare();
    if (free !== undefined) return free;
    return new Promise((resolve, reject) => {
      const got = (buffer: Buffer) => {
        signal?.removeEventListener('abort', abort);
        resolve(buffer);
      };
      const abort = () => {
        this.#waiting.splice(this.#waiting.indexOf(got), 1);
        reject(signal!.reason);
      };
      signal?.addEventListener('abort', abort, { once: true });
      this.#waiting.push(got);
    });
  }

  /** A second one, if nobody else needs it now. */
  takeSpare(): Buffer | undefined {
    const free = this.#free.pop();
    if (free !== undefined || this.#mayCreate === 0) return free;
    this.#mayCreate -= 1;
    return Buffer.allocUnsafeSlow(chunkBytes);
  }

  give(buffer: Buffer): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free.push(buffer);
    else next(buffer);
  }
}
