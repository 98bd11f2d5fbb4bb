import type { Destinations } from '../client/destination.js';
import type { ClientLimits } from '../client/line-limit.js';
import { type LokiOptions, lokiDestinations } from '../client/loki.js';
import { faultOf } from '../client/unsendable.js';
import { type Entry, settle } from '../entry/entry.js';
import { metadataSize } from '../entry/metadata-size.js';
import type { Sink } from '../entry/sink.js';
import type { ReadMoment } from '../replay/read-moment.js';
import { type RefusalReason, sizeFault, timeFault } from './entry-faults.js';
import type { LokiLimits } from './loki-limits.js';
import { RateMeter } from './rate-meter.js';
import { StreamTallies } from './stream-tally.js';

export interface SurveyOptions {
  readonly client: LokiOptions;
  readonly clientLimits: ClientLimits;
  readonly limits: LokiLimits;
  /** The moment at which the age of entries is judged; undefined: that of the newest entry so far. */
  readonly nowMs: number | undefined;
  /** When lines were read. */
  readonly moment: ReadMoment;
}

/** Why so many entries do not get into Loki, and one of them for example. */
export interface Refused {
  entries: number;
  readonly example: { readonly stream: string; readonly at: string; readonly lineBytes: number };
}

/** Takes entries in place of a client, and holds them against what Loki takes. */
export class Survey implements Sink {
  readonly streams: StreamTallies;
  /** By the client or by Loki, by reason. */
  readonly refused = new Map<RefusalReason | string, Refused>();
  readonly #options: SurveyOptions;
  readonly #destinations: Destinations;
  readonly #bytesBySecond = new Map<number, number>();
  entries = 0;
  /** Of lines and metadata. */
  bytes = 0;
  metadataBytes = 0;
  longestLine = 0;
  withReadTime = 0;
  oldestMs = Number.POSITIVE_INFINITY;
  newestMs = Number.NEGATIVE_INFINITY;

  constructor(options: SurveyOptions) {
    this.#options = options;
    this.streams = new StreamTallies(options.limits);
    this.#destinations = lokiDestinations(options.client);
  }

  push(entries: Entry[]): undefined {
    for (const entry of entries) this.#take(entry);
    settle(entries);
  }

  /** All streams together, in the order of time. */
  get ingestion(): RateMeter {
    const { ingestion_rate: rate, ingestion_burst_size: burst } = this.#options.limits;
    const meter = new RateMeter(rate, burst);
    for (const [second, bytes] of [...this.#bytesBySecond].sort(([a], [b]) => a - b))
      meter.add(second, bytes);
    return meter;
  }

  #take(entry: Entry): void {
    const { clientLimits, limits, moment } = this.#options;
    const destination = this.#destinations.of(entry.labels);
    const stream = this.streams.of(destination.labels);
    const { lineBytes, isDropped } = limited(entry.line.byteLength, clientLimits);
    const metadata = entry.metadata?.pairs() ?? [];
    const metadataBytes = metadataSize(metadata);
    this.longestLine = Math.max(this.longestLine, entry.line.byteLength);
    const atMs = entry.seconds * 1000 + entry.nanos / 1e6;
    const isTimed = !moment.isTimeOf(entry);
    const fault =
      faultOf(entry, destination)?.reason ??
      (isDropped ? 'line_too_long' : undefined) ??
      stream.fault ??
      sizeFault(lineBytes, metadata.length, metadataBytes, limits) ??
      (isTimed ? timeFault(atMs, this.#nowMs(atMs), stream.newestMs, limits) : undefined);
    if (fault !== undefined) {
      this.#refuse(fault, destination.labels.stream, atMs, lineBytes);
      return;
    }
    const bytes = lineBytes + metadataBytes;
    this.entries += 1;
    this.bytes += bytes;
    this.metadataBytes += metadataBytes;
    stream.lines += 1;
    stream.bytes += bytes;
    if (!isTimed) {
      this.withReadTime += 1;
      return;
    }
    this.oldestMs = Math.min(this.oldestMs, atMs);
    this.newestMs = Math.max(this.newestMs, atMs);
    const { seconds } = entry;
    this.#bytesBySecond.set(seconds, (this.#bytesBySecond.get(seconds) ?? 0) + bytes);
    stream.meter.add(seconds, bytes);
    this.streams.touch(stream, atMs);
  }

  #nowMs(atMs: number): number {
    return this.#options.nowMs ?? Math.max(this.newestMs, atMs);
  }

  #refuse(reason: string, stream: string, atMs: number, lineBytes: number): void {
    const known = this.refused.get(reason);
    if (known !== undefined) {
      known.entries += 1;
      return;
    }
    const at = Number.isFinite(new Date(atMs).getTime()) ? new Date(atMs).toISOString() : String(atMs);
    this.refused.set(reason, { entries: 1, example: { stream, at, lineBytes } });
  }
}

/** What `limits_config.max_line_size` makes of a line. */
function limited(
  lineBytes: number,
  { maxLineSize, maxLineSizeTruncate }: ClientLimits,
): { lineBytes: number; isDropped: boolean } {
  if (maxLineSize === 0 || lineBytes <= maxLineSize) return { lineBytes, isDropped: false };
  return maxLineSizeTruncate ? { lineBytes: maxLineSize, isDropped: false } : { lineBytes, isDropped: true };
}
