import type { Buffer } from 'node:buffer';
import { entryEnd } from './decode-entry.js';

/**
 * Which entries of a batch's bytes belong to which stream, in the order they came: runs of neighbours with one stream each.
 * Numbers in arrays, as with mixed streams there is a run a line.
 */
export class EntryRuns {
  readonly streams: number[] = [];
  readonly starts: number[] = [];
  readonly ends: number[] = [];
  readonly counts: number[] = [];
  #entryCount = 0;

  get length(): number {
    return this.streams.length;
  }

  get entryCount(): number {
    return this.#entryCount;
  }

  /** Of the entries as they are encoded. */
  get byteLength(): number {
    return this.ends.reduce((sum, end, run) => sum + end - this.starts[run]!, 0);
  }

  /** Adds entries that stand behind those added last. */
  append(stream: number, start: number, end: number, count = 1): void {
    this.#entryCount += count;
    const last = this.streams.length - 1;
    if (last >= 0 && this.streams[last] === stream && this.ends[last] === start) {
      this.ends[last] = end;
      this.counts[last]! += count;
      return;
    }
    this.streams.push(stream);
    this.starts.push(start);
    this.ends.push(end);
    this.counts.push(count);
  }

  /** The entries at these places, in rising order; `bytes` is where they stand. */
  pick(bytes: Buffer, places: readonly number[]): EntryRuns {
    const picked = new EntryRuns();
    let place = 0;
    let next = 0;
    for (let run = 0; run < this.length; run++) {
      for (let at = this.starts[run]!; at < this.ends[run]!; place++) {
        const end = entryEnd(bytes, at);
        if (place === places[next]) {
          picked.append(this.streams[run]!, at, end);
          next += 1;
        }
        at = end;
      }
    }
    return picked;
  }

  /** The first and the second half of the entries, there being at least two; `bytes` is where they stand. */
  halves(bytes: Buffer): [EntryRuns, EntryRuns] {
    const first = new EntryRuns();
    const second = new EntryRuns();
    let left = Math.floor(this.#entryCount / 2);
    for (let run = 0; run < this.length; run++) {
      const stream = this.streams[run]!;
      const count = this.counts[run]!;
      const taken = Math.min(left, count);
      const cut = taken === count ? this.ends[run]! : skipEntries(bytes, this.starts[run]!, taken);
      if (taken > 0) first.append(stream, this.starts[run]!, cut, taken);
      if (taken < count) second.append(stream, cut, this.ends[run]!, count - taken);
      left -= taken;
    }
    return [first, second];
  }
}

function skipEntries(bytes: Buffer, start: number, count: number): number {
  let at = start;
  for (let i = 0; i < count; i++) at = entryEnd(bytes, at);
  return at;
}
