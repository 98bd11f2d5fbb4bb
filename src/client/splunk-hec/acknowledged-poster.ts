import { Buffer } from 'node:buffer';
import { sleep } from '../../http/sleep.js';
import type { Answer } from '../protocol.js';
import type { PushOutcome, Sent } from '../push-outcome.js';
import type { Poster, Push } from '../sender.js';

export interface AcknowledgedPosterDeps {
  readonly pushes: Poster;
  /** Asks for acknowledgements: its answers are read by `readAcknowledgement`. */
  readonly acks: Poster;
  /** How long a push may be without one. */
  readonly timeoutMs: number;
}

const firstPauseMs = 250;
const lastPauseMs = 5000;

/** A push is accepted once the indexer says so: its events are then on the disk, and copied as often as the cluster wants. */
export class AcknowledgedPoster implements Poster {
  readonly #deps: AcknowledgedPosterDeps;

  constructor(deps: AcknowledgedPosterDeps) {
    this.#deps = deps;
  }

  async check(): Promise<void> {
    await this.#deps.pushes.check();
  }

  async post(push: Push, signal: AbortSignal): Promise<PushOutcome> {
    const outcome = await this.#deps.pushes.post(push, signal);
    return outcome.kind === 'sent' ? this.#confirm(outcome, signal) : outcome;
  }

  async close(): Promise<void> {
    await Promise.all([this.#deps.pushes.close(), this.#deps.acks.close()]);
  }

  async #confirm(sent: Sent, signal: AbortSignal): Promise<PushOutcome> {
    const { acks, timeoutMs } = this.#deps;
    const body = Buffer.from(JSON.stringify({ acks: [sent.receipt] }));
    const deadline = performance.now() + timeoutMs;
    let last = '';
    for (
      let pauseMs = firstPauseMs;
      performance.now() < deadline;
      pauseMs = Math.min(2 * pauseMs, lastPauseMs)
    ) {
      await sleep(Math.min(pauseMs, deadline - performance.now()), signal);
      const outcome = await acks.post({ body, entryCount: 0, byteLength: 0, tenant: '' }, signal);
      if (outcome.kind === 'sent') return sent;
      if (signal.aborted) return outcome;
      if (outcome.kind !== 'partly') last = outcome.error;
    }
    const error = `no acknowledgement within ${timeoutMs} ms: ${last}`;
    return { kind: 'retry', status: sent.status, error };
  }
}

/** Whether the one push that was asked about is acknowledged. */
export function readAcknowledgement({ status, text }: Answer): PushOutcome | undefined {
  if (status < 200 || status >= 300) return undefined;
  return /"acks"\s*:\s*\{\s*"\d+"\s*:\s*true/.test(text)
    ? { kind: 'sent', status }
    : { kind: 'retry', status, error: 'not indexed yet' };
}
