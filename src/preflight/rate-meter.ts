/** A bucket of tokens as Loki fills and empties it, by the time of the entries instead of the clock. */
export class RateMeter {
  readonly #rate: number;
  readonly #burst: number;
  #tokens: number;
  #second = Number.NEGATIVE_INFINITY;
  #bytes = 0;
  #peak = 0;
  #refused = 0;

  /** `rate` 0 is no limit. */
  constructor(rate: number, burst: number) {
    this.#rate = rate;
    this.#burst = burst;
    this.#tokens = burst;
  }

  /** The most bytes within a second. */
  get peak(): number {
    return Math.max(this.#peak, this.#bytes);
  }

  /** Bytes that came faster than the limit lets them: answered with 429, to be sent again. */
  get refusedBytes(): number {
    return this.#refused;
  }

  /** Seconds come in their order; what comes late counts with the latest. */
  add(second: number, bytes: number): void {
    if (second > this.#second) {
      const passed = second - this.#second;
      this.#peak = this.peak;
      this.#bytes = 0;
      this.#second = second;
      this.#tokens = Math.min(this.#burst, this.#tokens + passed * this.#rate);
    }
    this.#bytes += bytes;
    if (this.#rate === 0) return;
    if (bytes > this.#tokens) this.#refused += bytes;
    else this.#tokens -= bytes;
  }
}
