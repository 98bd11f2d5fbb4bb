import type { Entry } from '../entry/entry.js';
import type { Labels } from '../entry/labels.js';
import type { PackedEntries } from '../entry/packed-entries.js';
import { pushPacked, type Sink } from '../entry/sink.js';

/** What one stream has had so far. */
export interface StreamCount {
  readonly labels: Labels;
  lines: number;
}

/** Streams past this are counted together: a label with too many values is to be seen, not to fill the memory. */
const maxStreams = 2000;
const rateSeconds = 30;

/** Counts, for the status page, the entries of each stream on their way from a job's pipeline to `next`. */
export class StreamActivity implements Sink {
  readonly #next: Sink;
  readonly #now: () => number;
  readonly #streams = new Map<string, StreamCount>();
  /** Lines of each of the last seconds; a second's place is its remainder. */
  readonly #perSecond = new Float64Array(rateSeconds + 1);
  readonly #beganAt: number;
  #second: number;
  lines = 0;
  /** Lines of streams that came when there were too many. */
  otherLines = 0;

  constructor(next: Sink, now: () => number) {
    this.#next = next;
    this.#now = now;
    this.#second = Math.floor(now() / 1000);
    this.#beganAt = this.#second;
  }

  get streams(): readonly StreamCount[] {
    return [...this.#streams.values()];
  }

  /** Over the last 30 seconds that are over, or as many as there were. */
  get linesPerSecond(): number {
    const now = Math.floor(this.#now() / 1000);
    const seconds = Math.min(rateSeconds, now - this.#beganAt);
    if (seconds <= 0) return 0;
    let sum = 0;
    for (let second = now - seconds; second < now; second++) {
      const isCounted = second <= this.#second && second >= this.#second - rateSeconds;
      if (isCounted) sum += this.#perSecond[second % this.#perSecond.length]!;
    }
    return sum / seconds;
  }

  push(entries: Entry[]): Promise<void> | undefined {
    this.#countNow(entries.length);
    // Entries come in runs of a stream, mostly.
    let labels: Labels | undefined;
    let run = 0;
    for (const entry of entries) {
      if (entry.labels !== labels) {
        if (labels !== undefined) this.#count(labels, run);
        labels = entry.labels;
        run = 0;
      }
      run += 1;
    }
    if (labels !== undefined) this.#count(labels, run);
    return this.#next.push(entries);
  }

  pushPacked(packed: PackedEntries): Promise<void> | undefined {
    this.#countNow(packed.count);
    for (const { labels, entries } of packed.streams) this.#count(labels, entries);
    return pushPacked(this.#next, packed);
  }

  #countNow(lines: number): void {
    this.lines += lines;
    const now = Math.floor(this.#now() / 1000);
    const { length } = this.#perSecond;
    const passed = Math.min(now - this.#second, length);
    for (let step = 0; step < passed; step++) this.#perSecond[(now - step) % length] = 0;
    // A clock that was set back goes on in the second it was in.
    this.#second = Math.max(this.#second, now);
    this.#perSecond[this.#second % length]! += lines;
  }

  #count(labels: Labels, lines: number): void {
    const known = this.#streams.get(labels.key);
    if (known !== undefined) known.lines += lines;
    else if (this.#streams.size < maxStreams) this.#streams.set(labels.key, { labels, lines });
    else this.otherLines += lines;
  }
}
