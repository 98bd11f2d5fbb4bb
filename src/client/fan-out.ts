import type { Entry } from '../entry/entry.js';
import type { PackedEntries } from '../entry/packed-entries.js';
import { pushPacked, type Sink } from '../entry/sink.js';

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
    return allOf(this.#sinks.map((sink) => sink.push(entries)));
  }

  pushPacked(packed: PackedEntries): Promise<void> | undefined {
    packed.ack.add(packed.count * (this.#sinks.length - 1));
    return allOf(this.#sinks.map((sink) => pushPacked(sink, packed)));
  }
}

function allOf(waits: readonly (Promise<void> | undefined)[]): Promise<void> | undefined {
  const those = waits.filter((wait) => wait !== undefined);
  return those.length === 0 ? undefined : Promise.all(those).then(() => {});
}
