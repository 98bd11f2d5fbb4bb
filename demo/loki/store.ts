import type { LokiLimits } from './limits.js';
import type { PushedEntry, PushedStream } from './push-request.js';
import { type PushAnswer, type ReceivedEntry, type ReceivedStream, StoredStream } from './stored-stream.js';
import { type LabelPairs, parseLabels, printLabels } from './stream-labels.js';
import { TokenBucket } from './token-bucket.js';
import { entryFault, groupFaults, streamFault } from './validation.js';

/** Takes pushes as Loki does: refuses single entries, keeps the rest of the push, knows a copy when it sees one. */
export class LokiStore {
  readonly entries: ReceivedEntry[] = [];
  /** Accepted lines that were there already: same tenant, stream, time and line. */
  duplicates = 0;
  readonly #limits: LokiLimits;
  readonly #streams = new Map<string, StoredStream>();
  readonly #streamCounts = new Map<string, number>();
  readonly #ingestion = new Map<string, TokenBucket>();

  constructor(limits: LokiLimits) {
    this.#limits = limits;
  }

  get streams(): ReceivedStream[] {
    return [...this.#streams.values()];
  }

  push(tenant: string, pushed: PushedStream[], nowMs: number): PushAnswer {
    if (pushed.length === 0) {
      return { status: 422, message: 'error at least one valid stream is required for ingestion' };
    }
    const parsed: { pairs: LabelPairs; entries: PushedEntry[] }[] = [];
    for (const { labels, entries } of pushed) {
      try {
        parsed.push({ pairs: parseLabels(labels), entries });
      } catch (cause) {
        return { status: 400, message: `couldn't parse labels: ${(cause as Error).message}` };
      }
    }

    const faults: string[] = [];
    const valid: ValidStream[] = [];
    for (const { pairs, entries } of parsed) {
      const key = printLabels(pairs);
      const kept = this.#validEntries(key, pairs, entries, nowMs, faults);
      if (kept.length > 0) valid.push({ key, labels: Object.fromEntries(pairs), entries: kept });
    }
    const overRate = this.#checkIngestionRate(tenant, valid, nowMs);
    if (overRate !== undefined) return overRate;

    let answer: PushAnswer =
      faults.length > 0 ? { status: 400, message: groupFaults(faults) } : { status: 204 };
    for (const stream of valid) answer = this.#pushStream(tenant, stream, nowMs) ?? answer;
    return answer;
  }

  /** The entries without fault; none if the stream has one. */
  #validEntries(
    key: string,
    pairs: LabelPairs,
    entries: PushedEntry[],
    nowMs: number,
    faults: string[],
  ): PushedEntry[] {
    if (entries.length === 0) return [];
    const ofStream = streamFault(key, pairs, this.#limits);
    if (ofStream !== undefined) {
      faults.push(ofStream);
      return [];
    }
    return entries.filter((entry) => {
      const fault = entryFault(key, entry, this.#limits, nowMs);
      if (fault !== undefined) faults.push(fault);
      return fault === undefined;
    });
  }

  #checkIngestionRate(tenant: string, streams: ValidStream[], nowMs: number): PushAnswer | undefined {
    const { ingestionRate, ingestionBurst } = this.#limits;
    const bucket = this.#ingestion.get(tenant) ?? new TokenBucket(ingestionRate, ingestionBurst);
    this.#ingestion.set(tenant, bucket);
    const entries = streams.flatMap((stream) => stream.entries);
    const bytes = entries.reduce((sum, entry) => sum + entry.line.length, 0);
    if (bucket.allows(bytes, nowMs)) return undefined;
    return {
      status: 429,
      message: `ingestion rate limit exceeded for user ${tenant} (limit: ${ingestionRate} bytes/sec) while attempting to ingest '${entries.length}' lines totaling '${bytes}' bytes, reduce log volume or contact your Loki administrator to see if the limit can be increased`,
    };
  }

  #pushStream(tenant: string, { key, labels, entries }: ValidStream, nowMs: number): PushAnswer | undefined {
    const id = `${tenant}\n${key}`;
    let stream = this.#streams.get(id);
    if (stream === undefined) {
      const count = this.#streamCounts.get(tenant) ?? 0;
      if (this.#limits.maxStreams > 0 && count >= this.#limits.maxStreams) {
        return {
          status: 429,
          message: `maximum active stream limit exceeded when trying to create stream ${key}, reduce the number of active streams (reduce labels or reduce label values), or contact your Loki administrator to see if the limit can be increased, user: '${tenant}'`,
        };
      }
      this.#streamCounts.set(tenant, count + 1);
      stream = new StoredStream(tenant, labels, key, this.#limits);
      this.#streams.set(id, stream);
    }
    const before = stream.entries.length;
    const answer = stream.push(entries, nowMs);
    this.duplicates += stream.takeDuplicates();
    for (let i = before; i < stream.entries.length; i++) this.entries.push(stream.entries[i]!);
    return answer;
  }
}

/** A stream of a push, without what is refused. */
interface ValidStream {
  key: string;
  labels: Record<string, string>;
  entries: PushedEntry[];
}
