import type { Receipt } from '../../entry/intake.js';

/** Events that were handed on together; `receipt` tells what became of them. */
export class Handover {
  readonly begunAtMs: number;
  readonly #receipt = Promise.withResolvers<Receipt>();

  constructor(begunAtMs: number) {
    this.begunAtMs = begunAtMs;
  }

  get receipt(): Promise<Receipt> {
    return this.#receipt.promise;
  }

  settle(receipt: Receipt): void {
    this.#receipt.resolve(receipt);
  }
}

/** Some 30 MB. At an API server's utmost, 4000 events a second, they are those of two minutes, and it tries for no longer than that. */
const maxRemembered = 500_000;

/**
 * Which events came lately, by digests of their bytes. An API server that has lost an answer posts the batch again: each of its events is then
 * answered for by the handover that has it already.
 */
export class RecentEvents {
  readonly #windowMs: number;
  readonly #now: () => number;
  /** The oldest first. */
  readonly #handovers = new Map<string, Handover>();

  constructor(windowMs: number, now: () => number) {
    this.#windowMs = windowMs;
    this.#now = now;
  }

  /** The handover that has this event; undefined when it is new. */
  find(digest: string): Handover | undefined {
    const known = this.#handovers.get(digest);
    return known !== undefined && this.#isRecent(known) ? known : undefined;
  }

  add(digest: string, handover: Handover): void {
    // Anew, and not in the place of an old one: the order is that of time.
    this.#handovers.delete(digest);
    this.#handovers.set(digest, handover);
  }

  /** These events did not go through: they are new when they come again. */
  forget(digests: readonly string[], handover: Handover): void {
    for (const digest of digests)
      if (this.#handovers.get(digest) === handover) this.#handovers.delete(digest);
  }

  forgetOld(): void {
    for (const [digest, handover] of this.#handovers) {
      if (this.#handovers.size <= maxRemembered && this.#isRecent(handover)) return;
      this.#handovers.delete(digest);
    }
  }

  #isRecent({ begunAtMs }: Handover): boolean {
    return this.#now() - begunAtMs < this.#windowMs;
  }
}
