import type { ExpectedEntry } from './expected-entry.js';

/** A stretch of time in which entries are not in Loki as they should be. */
export interface Gap {
  readonly tenant: string;
  readonly from: bigint;
  to: bigint;
  entries: number;
  /** Of these so many are there, but in other streams. */
  elsewhere: number;
  /** Entries expected in the stretch, those that are there included. */
  expected: number;
  /** How many of each stream. */
  readonly streams: Map<string, number>;
}

/** What lies closer together is one gap: streams are interleaved, and others may be complete. */
const maxDistance = 60_000_000_000n;
const maxGaps = 1000;
const maxStreams = 1000;

/** Puts together what is missing, by time and then by stream. */
export class Gaps {
  readonly all: Gap[] = [];
  /** Gaps past those that are kept. */
  untold = 0;
  readonly #open = new Map<string, Gap>();
  /** Entries of each tenant since the last one that is missing. */
  readonly #thereSince = new Map<string, number>();

  /** Entries come in the order of time, as far as files are in it. */
  note({ labels, tenant, state, time }: ExpectedEntry): void {
    const thereSince = this.#thereSince.get(tenant) ?? 0;
    if (state === 'there') {
      this.#thereSince.set(tenant, thereSince + 1);
      return;
    }
    let gap = this.#open.get(tenant);
    const isNew = gap === undefined || time - gap.to > maxDistance || time < gap.from;
    if (gap === undefined || isNew) gap = this.#begin(tenant, time);
    gap.expected += isNew ? 1 : thereSince + 1;
    this.#thereSince.set(tenant, 0);
    if (time > gap.to) gap.to = time;
    gap.entries += 1;
    if (state === 'elsewhere') gap.elsewhere += 1;
    const { stream } = labels;
    if (gap.streams.size < maxStreams || gap.streams.has(stream))
      gap.streams.set(stream, (gap.streams.get(stream) ?? 0) + 1);
  }

  #begin(tenant: string, time: bigint): Gap {
    const gap = { tenant, from: time, to: time, entries: 0, elsewhere: 0, expected: 0, streams: new Map() };
    this.#open.set(tenant, gap);
    if (this.all.length < maxGaps) this.all.push(gap);
    else this.untold += 1;
    return gap;
  }
}
