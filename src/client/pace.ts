/** Behind the limit by so much, as it is seldom for us alone. */
const share = 0.95;
/** After so long without a refusal, pushes go at full speed again: others may have gone, or the limit been raised. */
const forgetAfterMs = 15_000;

interface Pace {
  readonly bytesPerSecond: number;
  readonly learnedAtMs: number;
  /** When what was sent so far is within the limit. */
  freeAtMs: number;
}

/** How fast the pushes of each tenant may follow each other, once the server has said that they came too fast. */
export class Paces {
  readonly #paces = new Map<string, Pace>();

  /** How long to wait before the next push. */
  waitMs(tenant: string, nowMs: number): number {
    const pace = this.#paces.get(tenant);
    if (pace === undefined) return 0;
    if (nowMs - pace.learnedAtMs < forgetAfterMs) return Math.max(0, pace.freeAtMs - nowMs);
    this.#paces.delete(tenant);
    return 0;
  }

  sent(tenant: string, bytes: number, nowMs: number): void {
    const pace = this.#paces.get(tenant);
    if (pace === undefined) return;
    pace.freeAtMs = Math.max(pace.freeAtMs, nowMs) + (bytes * 1000) / pace.bytesPerSecond;
  }

  /** A push was refused, as this limit would have been passed. */
  limited(tenant: string, limit: number, nowMs: number): void {
    this.#paces.set(tenant, { bytesPerSecond: limit * share, learnedAtMs: nowMs, freeAtMs: nowMs });
  }
}
