import type { Readable } from 'node:stream';
import { noAck } from '../entry/ack.js';
import { Entry } from '../entry/entry.js';
import type { Labels } from '../entry/labels.js';
import { Line } from '../entry/line.js';
import type { ReadClock } from '../entry/read-clock.js';
import type { Sink } from '../entry/sink.js';
import type { Target } from './target.js';
import { unlessAborted } from './unless-aborted.js';
import { WakeUp } from './wake-up.js';

export interface StdinDeps {
  readonly input: Readable;
  readonly labels: Labels;
  readonly sink: Sink;
  readonly clock: ReadClock;
  readonly now: () => number;
}

/** What tells that there is more of the input, or no more. */
const news = ['readable', 'end', 'close', 'error'];
const newline = 0x0a;
const carriageReturn = 0x0d;

/** `-stdin`: the lines piped in. As in Promtail empty ones are skipped, carriage returns at the end too, and a last one needs no newline. */
export class StdinTarget implements Target {
  readonly type = 'Stdin';
  readonly discoveredLabels: ReadonlyMap<string, string>;
  readonly #deps: StdinDeps;
  readonly #stopping = new AbortController();
  readonly #wakeUp = new WakeUp();
  #running: Promise<void> = Promise.resolve();
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

  /** Resolves once all of the input is handed on; never when reading was stopped before that. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  async start(): Promise<void> {
    this.#running = this.#read(this.#stopping.signal).catch(this.#ended.reject);
  }

  /** Leaves the input open: after a reload the next one goes on with the line where this one ends. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  details(): Record<string, unknown> {
    return { lines: this.#lines };
  }

  async #read(signal: AbortSignal): Promise<void> {
    const { input } = this.#deps;
    const wake = () => this.#wakeUp.call();
    for (const event of news) input.on(event, wake);
    while (!signal.aborted && !input.readableEnded && !input.destroyed) {
      const chunk = input.read() as Buffer | null;
      if (chunk === null) await this.#wakeUp.sleep(Number.POSITIVE_INFINITY, signal);
      else await this.#take(chunk);
    }
    for (const event of news) input.off(event, wake);
    if (input.errored) throw input.errored;
    if (signal.aborted && !input.readableEnded) {
      if (this.#rest.length > 0) input.unshift(this.#rest);
      return;
    }
    if (this.#rest.length > 0) await this.#push([this.#entry(this.#rest, 0, this.#rest.length)]);
    this.#isEnded = true;
    this.#ended.resolve();
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
    const room = kept.length === 0 ? undefined : this.#deps.sink.push(kept);
    if (room === undefined) return;
    const { signal } = this.#stopping;
    await unlessAborted(room, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
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
