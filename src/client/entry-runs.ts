import type { Buffer } from 'node:buffer';
import { entryEnd } from './decode-entry.js';

/** Of each run: the number of its stream, where it starts and ends, and how many entries it has. */
const words = 4;
const initialRuns = 16;

/**
 * Which entries of a batch's bytes belong to which stream, in the order they came: runs of neighbours with one stream each.
 * As numbers in one array: with mixed streams there is a run a line.
 */
export class EntryRuns {
  #words = new Int32Array(initialRuns * words);
  #length = 0;
  #entryCount = 0;

  get length(): number {
    return this.#length;
  }

  get entryCount(): number {
    return this.#entryCount;
  }

  /** Of the entries as they are encoded. */
  get byteLength(): number {
    let bytes = 0;
    for (let run = 0; run < this.#length; run++) bytes += this.end(run) - this.start(run);
    return bytes;
  }

  stream(run: number): number {
    return this.#words[run * words]!;
  }

  start(run: number): number {
    return this.#words[run * words + 1]!;
  }

  end(run: number): number {
    return this.#words[run * words + 2]!;
  }

  count(run: number): number {
    return this.#words[run * words + 3]!;
  }

  clear(): void {
    this.#length = 0;
    this.#entryCount = 0;
  }

  /** Adds entries that stand behind those added last. */
  append(stream: number, start: number, end: number, count = 1): void {
    this.#entryCount += count;
    const at = this.#length * words;
    const last = at - words;
    if (last >= 0 && this.#words[last] === stream && this.#words[last + 2] === start) {
      this.#words[last + 2] = end;
      this.#words[last + 3]! += count;
      return;
    }
    if (at === this.#words.length) this.#grow();
    this.#words[at] = stream;
    this.#words[at + 1] = start;
    this.#words[at + 2] = end;
    this.#words[at + 3] = count;
    this.#length += 1;
  }

  /** The entries at these places, in rising order; `bytes` is where they stand. */
  pick(bytes: Buffer, places: readonly number[]): EntryRuns {
    const picked = new EntryRuns();
    let place = 0;
    let next = 0;
    for (let run = 0; run < this.length; run++) {
      for (let at = this.start(run); at < this.end(run); place++) {
        const end = entryEnd(bytes, at);
        if (place === places[next]) {
          picked.append(this.stream(run), at, end);
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
      const stream = this.stream(run);
      const count = this.count(run);
      const taken = Math.min(left, count);
      const cut = taken === count ? this.end(run) : skipEntries(bytes, this.start(run), taken);
      if (taken > 0) first.append(stream, this.start(run), cut, taken);
      if (taken < count) second.append(stream, cut, this.end(run), count - taken);
      left -= taken;
    }
    return [first, second];
  }

  #grow(): void {
    const larger = new Int32Array(this.#words.length * 2);
    larger.set(this.#words);
    this.#words = larger;
  }
}

function skipEntries(bytes: Buffer, start: number, count: number): number {
  let at = start;
  for (let i = 0; i < count; i++) at = entryEnd(bytes, at);
  return at;
}
