import type { Ack } from '../../entry/ack.js';
import { Entry } from '../../entry/entry.js';
import type { Labels } from '../../entry/labels.js';
import { Line } from '../../entry/line.js';
import { optional } from '../../fields/schema.js';
import { unixTicksParser } from '../../go/time/unix-time.js';
import { backoffMs } from '../../http/backoff.js';
import { sleep } from '../../http/sleep.js';
import { type CloudflareMetrics, cloudflareMetrics } from '../../metrics/cloudflare-metrics.js';
import { SettledMarks } from '../settled-marks.js';
import type { Target, TargetDeps, TargetKind } from '../target.js';
import { unlessAborted } from '../unless-aborted.js';
import { type CloudflareOptions, cloudflareOptions } from './cloudflare-options.js';
import { fieldsOf } from './fields.js';
import { Logpull, TooEarlyError } from './logpull.js';
import { SentLines } from './sent-lines.js';
import { newestEnd, splitWindow, type TimeWindow, windowUpTo } from './time-window.js';

/** `cloudflare`: the HTTP requests of a zone, from Cloudflare's Logpull API. */
export const cloudflare: TargetKind<CloudflareOptions> = {
  name: 'cloudflare',
  field: optional(cloudflareOptions),
  usesPositions: true,
  build: (options, deps) => new CloudflareTarget(options, deps),
};

const apiUrl = new URL('https://api.cloudflare.com/client/v4');
const defaultRangeMs = 60_000;
const defaultWorkers = 3;
const firstRetryMs = 1000;
const lastRetryMs = 60_000;
const parseNanos = unixTicksParser(1e9);

/** Exported for tests, which have an API of their own. */
export class CloudflareTarget implements Target {
  readonly type = 'Cloudflare';
  readonly discoveredLabels: ReadonlyMap<string, string> = new Map();
  readonly #options: CloudflareOptions;
  readonly #deps: TargetDeps;
  readonly #metrics: CloudflareMetrics;
  readonly #fields: readonly string[];
  readonly #logpull: Logpull;
  readonly #labels: Labels;
  readonly #rangeNanos: bigint;
  readonly #positionKey: string;
  readonly #marks: SettledMarks<bigint>;
  readonly #stopping = new AbortController();
  #running: Promise<void> = Promise.resolve();
  /** The end of the next window, and what the positions file holds: nanoseconds since 1970. */
  #to = 0n;
  #error = '';

  constructor(options: CloudflareOptions, deps: TargetDeps, api = apiUrl) {
    const { zone_id: zone, api_token: token, fields_type: type, additional_fields: additional } = options;
    this.#options = options;
    this.#deps = deps;
    this.#metrics = cloudflareMetrics(deps.registry);
    this.#fields = fieldsOf(type || 'default', additional);
    this.#logpull = new Logpull(api, { token: token!, zone, fields: this.#fields }, deps);
    this.#labels = deps.labelSets.of(options.labels);
    this.#rangeNanos = BigInt(Math.round(options.pull_range || defaultRangeMs)) * 1_000_000n;
    this.#positionKey = `cursor-${zone}`;
    this.#marks = new SettledMarks((to) => deps.positions.put(this.#positionKey, String(to)));
  }

  get labels(): ReadonlyMap<string, string> {
    return this.#options.labels;
  }

  get isReady(): boolean {
    return !this.#stopping.signal.aborted;
  }

  async start(): Promise<void> {
    const { positions, now } = this.#deps;
    const position = positions.get(this.#positionKey) ?? '';
    this.#to = /^\d+$/.test(position) ? BigInt(position) : newestEnd(now());
    this.#running = this.#pullOnAndOn(this.#stopping.signal);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    await this.#logpull.close();
  }

  details(): Record<string, unknown> {
    return {
      zone_id: this.#options.zone_id,
      error: this.#error,
      position: this.#deps.positions.get(this.#positionKey) ?? '',
      last_timestamp: new Date(Number(this.#to / 1_000_000n)).toISOString(),
      fields: this.#fields.join(','),
    };
  }

  async #pullOnAndOn(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const newest = newestEnd(this.#deps.now());
      const window = windowUpTo(this.#to, this.#rangeNanos, newest);
      if (window !== undefined && !(await this.#pullWindow(window, signal))) return;
      if (window !== undefined) this.#to = window.end + this.#rangeNanos;
      const waitMs = Number((this.#to - newestEnd(this.#deps.now())) / 1_000_000n);
      if (waitMs > 0) await sleep(waitMs, signal);
    }
  }

  /** False when the signal was raised before all of it was read. */
  async #pullWindow(window: TimeWindow, signal: AbortSignal): Promise<boolean> {
    const ack = this.#marks.add(window.end + this.#rangeNanos, 1);
    const parts = splitWindow(window, this.#options.workers || defaultWorkers);
    const isWhole = await Promise.all(parts.map((part) => this.#pullPart(part, ack, signal)));
    if (isWhole.includes(false)) return false;
    ack.done(1);
    this.#metrics.lastEnd.set(Number(window.end) / 1e9);
    return true;
  }

  /** Asks until there is an answer: what Cloudflare does not give now it may give later. */
  async #pullPart(part: TimeWindow, ack: Ack, signal: AbortSignal): Promise<boolean> {
    const sent = new SentLines();
    for (let failures = 0; !signal.aborted; ) {
      try {
        await this.#logpull.pull(part, signal, (lines) => this.#push(sent.fresh(lines), ack, signal));
        this.#error = '';
        return true;
      } catch (error) {
        if (signal.aborted) break;
        failures += 1;
        this.#error = (error as Error).message;
        const { log } = this.#deps;
        const details = { err: error, start: String(part.start), end: String(part.end) };
        if (error instanceof TooEarlyError) {
          log.warn(details, 'the logs of a time window are no longer there; going on behind it');
          return true;
        }
        log.warn({ ...details, failures }, 'cannot pull the logs of a time window; trying again');
        sent.restart();
        await sleep(backoffMs(failures, firstRetryMs, lastRetryMs, Math.random()), signal);
      }
    }
    return false;
  }

  async #push(lines: readonly Buffer[], ack: Ack, signal: AbortSignal): Promise<void> {
    if (lines.length === 0) return;
    ack.add(lines.length);
    this.#metrics.entries.inc(lines.length);
    const pushed = this.#deps.sink.push(lines.map((line) => this.#entry(line, ack)));
    if (pushed !== undefined) await unlessAborted(pushed, signal);
  }

  #entry(bytes: Buffer, ack: Ack): Entry {
    const line = Line.ofBytes(bytes);
    // The quotes of a name within a value are escaped, so this finds none of those.
    const nanos = /"EdgeStartTimestamp"\s*:\s*(-?\d+)/.exec(line.text)?.[1];
    const time = nanos === undefined ? undefined : parseNanos(nanos);
    if (time !== undefined) return new Entry(this.#labels, time.seconds, time.nanos, line, ack);
    const { clock, now } = this.#deps;
    clock.tick(now());
    return new Entry(this.#labels, clock.seconds, clock.nanos, line, ack);
  }
}
