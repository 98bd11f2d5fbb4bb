/** Ends a request when its time is up, or when an outer signal says so. */
export class Deadline {
  isOver = false;
  readonly #controller = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  readonly #outer: AbortSignal;
  readonly #abort = () => this.#controller.abort(this.#outer.reason);

  constructor(timeoutMs: number, outer: AbortSignal) {
    this.#outer = outer;
    this.restart(timeoutMs);
    if (outer.aborted) this.#abort();
    outer.addEventListener('abort', this.#abort, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** From now on it has this long; 0 is for ever. */
  restart(timeoutMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = timeoutMs > 0 ? setTimeout(() => this.#end(), timeoutMs) : undefined;
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#outer.removeEventListener('abort', this.#abort);
  }

  #end(): void {
    this.isOver = true;
    this.#controller.abort();
  }
}
