/** Lets one loop sleep until somebody calls it; a call while it is awake counts for its next sleep. */
export class WakeUp {
  #isCalled = false;
  #wake: (() => void) | undefined;

  call(): void {
    this.#isCalled = true;
    this.#wake?.();
  }

  /** Until it is called, or `maxMs` have passed, or the signal is raised, if there is one: never rejects. */
  async sleep(maxMs: number, signal?: AbortSignal): Promise<void> {
    if (!this.#isCalled && signal?.aborted !== true) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const wake = () => resolve();
      const timer = Number.isFinite(maxMs) ? setTimeout(wake, maxMs) : undefined;
      this.#wake = wake;
      signal?.addEventListener('abort', wake, { once: true });
      await promise;
      clearTimeout(timer);
      signal?.removeEventListener('abort', wake);
      this.#wake = undefined;
    }
    this.#isCalled = false;
  }
}
