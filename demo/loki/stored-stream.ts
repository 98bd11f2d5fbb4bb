import type { LokiLimits } from './limits.js';
import type { PushedEntry } from './push-request.js';
import { TokenBucket } from './token-bucket.js';
import { entrySize, rfc3339 } from './validation.js';

/** A line that was accepted, and is no copy of one that was there. */
export class ReceivedEntry {
  readonly tenant: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly seconds: number;
  readonly nanos: number;
  readonly bytes: Buffer;
  readonly metadata: Readonly<Record<string, string>>;

  constructor(stream: StoredStream, { seconds, nanos, line, metadata }: PushedEntry) {
    this.tenant = stream.tenant;
    this.labels = stream.labels;
    this.seconds = seconds;
    this.nanos = nanos;
    this.bytes = line;
    this.metadata = metadata;
  }

  get line(): string {
    return this.bytes.toString('utf8');
  }

  /** Nanoseconds since 1970, in digits. */
  get time(): string {
    return String(BigInt(this.seconds) * 1_000_000_000n + BigInt(this.nanos));
  }
}

/** The entries of one label set of one tenant, in the order they came in. */
export interface ReceivedStream {
  readonly tenant: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly key: string;
  readonly entries: readonly ReceivedEntry[];
}

/** How Loki answers a push. */
export interface PushAnswer {
  status: number;
  message?: string;
}

/** Takes a stream's entries as Loki's ingester does: rate, order, copies. */
export class StoredStream implements ReceivedStream {
  readonly tenant: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly key: string;
  readonly entries: ReceivedEntry[] = [];
  readonly #limits: LokiLimits;
  readonly #rate: TokenBucket;
  readonly #byTime = new Map<string, ReceivedEntry[]>();
  #newestMs = Number.NEGATIVE_INFINITY;
  #duplicates = 0;

  constructor(tenant: string, labels: Record<string, string>, key: string, limits: LokiLimits) {
    this.tenant = tenant;
    this.labels = labels;
    this.key = key;
    this.#limits = limits;
    this.#rate = new TokenBucket(limits.streamRate, limits.streamBurst);
  }

  /** Accepted copies since the last call. */
  takeDuplicates(): number {
    const taken = this.#duplicates;
    this.#duplicates = 0;
    return taken;
  }

  push(pushed: PushedEntry[], nowMs: number): PushAnswer | undefined {
    const ignored: string[] = [];
    let status = 400;
    for (const entry of pushed) {
      const timeMs = entry.seconds * 1000 + entry.nanos / 1e6;
      const cutoffMs = this.#newestMs - this.#limits.outOfOrderWindowMs;
      if (!this.#rate.allows(entrySize(entry), nowMs)) {
        status = 429;
        ignored.push(ignoredEntry(entry, this.#rateText(entry)));
      } else if (this.#limits.outOfOrderWindowMs > 0 && timeMs < cutoffMs) {
        status = 400;
        ignored.push(ignoredEntry(entry, tooFarBehind(entry.seconds, cutoffMs / 1000)));
      } else {
        this.#newestMs = Math.max(this.#newestMs, timeMs);
        this.#add(entry);
      }
    }
    if (ignored.length === 0) return undefined;
    // Loki names ten refused entries, no more.
    const shown = ignored.slice(0, 10).join('');
    return {
      status,
      message: `${shown}user '${this.tenant}', total ignored: ${ignored.length} out of ${pushed.length} for stream: ${this.key}`,
    };
  }

  #add(entry: PushedEntry): void {
    const time = `${entry.seconds}.${entry.nanos}`;
    const sameTime = this.#byTime.get(time) ?? [];
    if (sameTime.some(({ bytes }) => bytes.equals(entry.line))) {
      this.#duplicates++;
      return;
    }
    const received = new ReceivedEntry(this, entry);
    if (sameTime.push(received) === 1) this.#byTime.set(time, sameTime);
    this.entries.push(received);
  }

  #rateText(entry: PushedEntry): string {
    return `Per stream rate limit exceeded (limit: ${byteSize(this.#limits.streamRate)}/sec) while attempting to ingest for stream '${this.key}' totaling ${byteSize(entrySize(entry))}, consider splitting a stream via additional labels or contact your Loki administrator to see if the limit can be increased`;
  }
}

function tooFarBehind(seconds: number, cutoffSeconds: number): string {
  return `entry too far behind, entry timestamp is: ${rfc3339(seconds)}, oldest acceptable timestamp is: ${rfc3339(cutoffSeconds)}`;
}

function ignoredEntry({ seconds, nanos }: PushedEntry, reason: string): string {
  const [date, time] = rfc3339(seconds).slice(0, -1).split('T');
  const fraction = nanos === 0 ? '' : `.${String(nanos).padStart(9, '0').replace(/0+$/, '')}`;
  return `entry with timestamp ${date} ${time}${fraction} +0000 UTC ignored, reason: '${reason}',\n`;
}

/** The size in the largest unit that divides it. */
function byteSize(bytes: number): string {
  for (const [unit, size] of [['GB', 2 ** 30] as const, ['MB', 2 ** 20] as const, ['KB', 2 ** 10] as const]) {
    if (bytes > 0 && bytes % size === 0) return `${bytes / size}${unit}`;
  }
  return `${bytes}B`;
}
