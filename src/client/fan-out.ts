import type { Entry } from '../entry/entry.js';
import type { Sink } from '../entry/sink.js';

/**
 * Hands the same entries to several sinks that neither keep nor change them. Each has room of its own, so one that is slow
 * holds up the others only once that is full.
 */
export class FanOut implements Sink {
  #sinks: readonly Sink[];

  constructor(sinks: readonly Sink[]) {
    this.#sinks = sinks;
  }

  /** From now on entries go to these. */
  replace(sinks: readonly Sink[]): void {
    this.#sinks = sinks;
  }

  push(entries: Entry[]): Promise<void> | undefined {
    const more = this.#sinks.length - 1;
    // All of it before the first sink may settle some.
    for (const entry of entries) entry.ack.add(entry.lines * more);
    const waits = this.#sinks.map((sink) => sink.push(entries)).filter((wait) => wait !== undefined);
    return waits.length === 0 ? undefined : Promise.all(waits).then(() => {});
  }
}
