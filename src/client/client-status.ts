import type { PushOutcome } from './push-outcome.js';

/** How often pushes ended with a status, and how long that took on average. −1: no answer. */
export interface AnswerCount {
  readonly status: number;
  readonly pushes: number;
  readonly meanLatencyMs: number;
}

/** How a client is doing, for the status page. */
export interface ClientState {
  readonly name: string;
  /** With the password masked. */
  readonly url: string;
  /** Not settled yet: in open batches, waiting, or on their way. */
  readonly pendingEntries: number;
  readonly pendingBytes: number;
  readonly pendingBatches: number;
  readonly sentEntries: number;
  readonly droppedEntries: number;
  /** Of the last answer; −1 when there was none. */
  readonly lastStatus: number | undefined;
  readonly lastLatencyMs: number | undefined;
  /** By status, those that came most often first. */
  readonly answers: readonly AnswerCount[];
  readonly lastSentAtMs: number | undefined;
  /** Undefined while the last push was accepted. */
  readonly lastError: string | undefined;
  readonly lastErrorAtMs: number | undefined;
}

/** What came of the pushes so far. */
export class ClientStatus {
  sentEntries = 0;
  droppedEntries = 0;
  lastStatus: number | undefined;
  lastLatencyMs: number | undefined;
  lastSentAtMs: number | undefined;
  lastError: string | undefined;
  lastErrorAtMs: number | undefined;
  readonly #answers = new Map<number, { pushes: number; latencyMs: number }>();

  /** Whether this endpoint has ever taken something, so is the right one. */
  get isProven(): boolean {
    return this.lastSentAtMs !== undefined;
  }

  state() {
    const { sentEntries, droppedEntries, lastStatus, lastLatencyMs, lastSentAtMs, lastError, lastErrorAtMs } =
      this;
    return {
      sentEntries,
      droppedEntries,
      lastStatus,
      lastLatencyMs,
      answers: this.answers,
      lastSentAtMs,
      lastError,
      lastErrorAtMs,
    };
  }

  /** By status, those that came most often first. */
  get answers(): AnswerCount[] {
    return [...this.#answers]
      .map(([status, { pushes, latencyMs }]) => ({ status, pushes, meanLatencyMs: latencyMs / pushes }))
      .sort((a, b) => b.pushes - a.pushes);
  }

  note(outcome: PushOutcome, nowMs: number, latencyMs: number): void {
    const { pushes, latencyMs: before } = this.#answers.get(outcome.status) ?? { pushes: 0, latencyMs: 0 };
    this.#answers.set(outcome.status, { pushes: pushes + 1, latencyMs: before + latencyMs });
    this.lastStatus = outcome.status;
    this.lastLatencyMs = latencyMs;
    if (outcome.kind === 'sent') {
      this.lastSentAtMs = nowMs;
      this.lastError = undefined;
      return;
    }
    if (outcome.kind === 'partly' && outcome.taken > 0) this.lastSentAtMs = nowMs;
    const failure = outcome.kind === 'partly' ? (outcome.failure ?? outcome.refused[0]?.failure) : outcome;
    this.lastError = failure?.error;
    this.lastErrorAtMs = nowMs;
  }
}
