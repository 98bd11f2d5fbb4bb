/** Ends a request when its time is up, or when an outer signal says so. */
export class Deadline {
  isOver = false;
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #outer: AbortSignal;
  readonly #abort = () => this.#controller.abort(this.#outer.reason);

  constructor(timeoutMs: number, outer: AbortSignal) {
    this.#outer = outer;
    if (timeoutMs > 0) this.#timer = setTimeout(() => this.#end(), timeoutMs);
    if (outer.aborted) this.#abort();
    outer.addEventListener('abort', this.#abort, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
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
