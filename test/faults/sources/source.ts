import type { AgentProcess } from '../../../demo/agent-process.js';
import type { LogFile } from '../audit-writer.js';

/** Something that has lines for the agent, other than a file: whatever is written to it is there for the agent, or on its way to it. */
export interface Source extends LogFile {
  /** Its part of the scrape config. */
  readonly job: object;
  /** In front of the other stages: they take out of the line what was written. */
  readonly stages?: readonly object[];
  readonly env?: Readonly<Record<string, string>>;
  readonly flags?: readonly string[];
  /** Resolves when the agent follows it: what comes before that is not promised. */
  followed?(agent: AgentProcess): Promise<void>;
  /** Goes away and comes back, with all that was written and is not taken. */
  restart(): Promise<void>;
}

/** Waits until `ask` says so. */
export async function until(
  ask: () => boolean | Promise<boolean>,
  what: string,
  timeoutMs = 30_000,
): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!(await ask())) {
    if (performance.now() > end) throw new Error(`waited ${timeoutMs} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Hands on what is written, in order and one batch after the other. */
export class Outbox {
  readonly #send: (lines: readonly string[], signal: AbortSignal) => Promise<boolean>;
  readonly #maxLines: number;
  readonly #lines: string[] = [];
  #more = Promise.withResolvers<void>();
  #stopping = new AbortController();
  #running: Promise<void>;

  /** `send` tells whether the lines were taken; if not, or when it throws, they are sent again. */
  constructor(send: (lines: readonly string[], signal: AbortSignal) => Promise<boolean>, maxLines = 100) {
    this.#send = send;
    this.#maxLines = maxLines;
    this.#running = this.#run(this.#stopping.signal);
  }

  add(data: string): void {
    this.#lines.push(...data.split('\n').filter((line) => line !== ''));
    this.#more.resolve();
  }

  /** Ends what is on its way, as the end of a process does. */
  async interrupt(): Promise<void> {
    this.#stopping.abort();
    this.#more.resolve();
    await this.#running;
  }

  resume(): void {
    this.#stopping = new AbortController();
    this.#running = this.#run(this.#stopping.signal);
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if (this.#lines.length === 0) {
        this.#more = Promise.withResolvers();
        await this.#more.promise;
        continue;
      }
      const lines = this.#lines.slice(0, this.#maxLines);
      const isTaken = await this.#send(lines, signal).catch(() => false);
      if (isTaken) this.#lines.splice(0, lines.length);
      else await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
