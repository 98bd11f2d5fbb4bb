import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { type Entry, settle } from '../../src/entry/entry.js';
import { LabelSets } from '../../src/entry/labels.js';
import type { Sink } from '../../src/entry/sink.js';
import { DiskQueue } from '../../src/queue/disk-queue.js';

/** A sink that keeps what it is given until told to settle it. */
export class HoldingSink implements Sink {
  readonly held: Entry[] = [];
  readonly #seen = new Set<() => void>();

  get lines(): string[] {
    return this.held.map(({ line }) => line.text);
  }

  push(entries: Entry[]): undefined {
    for (const { line } of entries) line.keep();
    this.held.push(...entries);
    for (const tell of this.#seen) tell();
  }

  /** Settles what there is, all or the one at `index`. */
  settle(index?: number): void {
    settle(index === undefined ? this.held.splice(0) : this.held.splice(index, 1));
  }

  /** Waits for so many entries to be held. */
  async until(count: number): Promise<string[]> {
    while (this.held.length < count) await new Promise<void>((resolve) => this.#seen.add(resolve));
    return this.lines;
  }
}

export interface Lost {
  readonly reason: string;
  readonly bytes: number;
}

/** A queue in this folder, closed when the test is over unless `isKilled`: then the next one finds what a crash would leave. */
export async function openQueue(
  directory: string,
  options: { maxBytes?: number; maxAgeMs?: number; now?: () => number } = {},
): Promise<{ queue: DiskQueue; lost: Lost[] }> {
  const lost: Lost[] = [];
  const metrics = {
    appended: () => {},
    gaveUp: (reason: string, bytes: number) => lost.push({ reason, bytes }),
    reclaimed: () => {},
  };
  const { maxBytes = 64 * 1024 * 1024, maxAgeMs = 0, now = Date.now } = options;
  const deps = { log: pino({ level: 'silent' }), metrics, labelSets: new LabelSets(), now };
  const queue = await DiskQueue.open({ directory, maxBytes, maxAgeMs }, deps);
  onTestFinished(() => queue.close());
  return { queue, lost };
}
