import type { Readable } from 'node:stream';
import { noAck } from '../entry/ack.js';
import { Entry } from '../entry/entry.js';
import type { Labels } from '../entry/labels.js';
import { Line } from '../entry/line.js';
import type { ReadClock } from '../entry/read-clock.js';
import type { Sink } from '../entry/sink.js';
import type { Target } from './target.js';

export interface StdinDeps {
  readonly input: Readable;
  readonly labels: Labels;
  readonly sink: Sink;
  readonly clock: ReadClock;
  readonly now: () => number;
}

const newline = 0x0a;
const carriageReturn = 0x0d;

/** `-stdin`: the lines piped in. As in Promtail empty ones are skipped, carriage returns at the end too, and a last one needs no newline. */
export class StdinTarget implements Target {
  readonly type = 'Stdin';
  readonly discoveredLabels: ReadonlyMap<string, string>;
  readonly #deps: StdinDeps;
  #rest: Buffer = Buffer.alloc(0);
  #lines = 0;
  #isEnded = false;
  readonly #ended = Promise.withResolvers<void>();

  constructor(deps: StdinDeps) {
    this.#deps = deps;
    this.discoveredLabels = new Map(deps.labels.pairs());
  }

  get labels(): ReadonlyMap<string, string> {
    return this.discoveredLabels;
  }

  get isReady(): boolean {
    return !this.#isEnded;
  }

  /** Resolves once all of the input is handed on, or reading was stopped. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  async start(): Promise<void> {
    void this.#read().then(this.#ended.resolve, this.#ended.reject);
  }

  async stop(): Promise<void> {
    this.#deps.input.destroy();
    await this.ended;
  }

  details(): Record<string, unknown> {
    return { lines: this.#lines };
  }

  async #read(): Promise<void> {
    try {
      for await (const chunk of this.#deps.input) await this.#take(chunk as Buffer);
      if (this.#rest.length > 0) await this.#push([this.#entry(this.#rest, 0, this.#rest.length)]);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
    } finally {
      this.#isEnded = true;
    }
  }

  async #take(chunk: Buffer): Promise<void> {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const entries: (Entry | undefined)[] = [];
    let start = 0;
    for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, start)) {
      entries.push(this.#entry(bytes, start, end));
      start = end + 1;
    }
    this.#rest = bytes.subarray(start);
    await this.#push(entries);
  }

  async #push(entries: readonly (Entry | undefined)[]): Promise<void> {
    const kept = entries.filter((entry) => entry !== undefined);
    this.#lines += kept.length;
    if (kept.length > 0) await this.#deps.sink.push(kept);
  }

  /** Undefined for a line that is empty. */
  #entry(bytes: Buffer, start: number, lineEnd: number): Entry | undefined {
    let end = lineEnd;
    while (end > start && bytes[end - 1] === carriageReturn) end -= 1;
    if (end === start) return undefined;
    const { clock, labels, now } = this.#deps;
    clock.tick(now());
    return new Entry(labels, clock.seconds, clock.nanos, Line.ofBytes(bytes, start, end), noAck);
  }
}
