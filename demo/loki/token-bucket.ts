/** Lets through `rate` bytes a second, and up to `burst` at once. A rate of 0 lets everything through. */
export class TokenBucket {
  readonly #rate: number;
  readonly #burst: number;
  #tokens: number;
  #lastMs = 0;

  constructor(rate: number, burst: number) {
    this.#rate = rate;
    this.#burst = burst;
    this.#tokens = burst;
  }

  allows(bytes: number, nowMs: number): boolean {
    if (this.#rate === 0) return true;
    const passedMs = this.#lastMs === 0 ? 0 : nowMs - this.#lastMs;
    this.#lastMs = nowMs;
    this.#tokens = Math.min(this.#burst, this.#tokens + (passedMs / 1000) * this.#rate);
    if (bytes > this.#tokens) return false;
    this.#tokens -= bytes;
    return true;
  }
}
