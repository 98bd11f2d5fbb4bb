import type { LokiLimits } from './limits.js';
import type { PushedEntry, PushedStream } from './push-request.js';
import { type PushAnswer, type ReceivedEntry, type ReceivedStream, StoredStream } from './stored-stream.js';
import { parseLabels, printLabels } from './stream-labels.js';
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
    const parsed: (PushedStream & { parsed: Record<string, string> })[] = [];
    for (const stream of pushed) {
      try {
        parsed.push({ ...stream, parsed: parseLabels(stream.labels) });
      } catch (cause) {
        return { status: 400, message: `couldn't parse labels: ${(cause as Error).message}` };
      }
    }

    const faults: string[] = [];
    const valid = parsed.filter((stream) => this.#validate(stream, stream.parsed, nowMs, faults));
    const rate = this.#checkIngestionRate(tenant, valid, nowMs);
    if (rate !== undefined) return rate;

    let answer: PushAnswer =
      faults.length > 0 ? { status: 400, message: groupFaults(faults) } : { status: 204 };
    for (const { parsed: labels, entries } of valid) {
      answer = this.#pushStream(tenant, labels, entries, nowMs) ?? answer;
    }
    return answer;
  }

  /** Takes the faulty entries out of the stream; false when nothing is left of it. */
  #validate(stream: PushedStream, labels: Record<string, string>, nowMs: number, faults: string[]): boolean {
    if (stream.entries.length === 0) return false;
    const ofStream = streamFault(stream.labels, labels, this.#limits);
    if (ofStream !== undefined) {
      faults.push(ofStream);
      return false;
    }
    const key = printLabels(labels);
    stream.entries = stream.entries.filter((entry) => {
      const fault = entryFault(key, entry, this.#limits, nowMs);
      if (fault !== undefined) faults.push(fault);
      return fault === undefined;
    });
    return stream.entries.length > 0;
  }

  #checkIngestionRate(tenant: string, streams: PushedStream[], nowMs: number): PushAnswer | undefined {
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

  #pushStream(
    tenant: string,
    labels: Record<string, string>,
    pushed: PushedEntry[],
    nowMs: number,
  ): PushAnswer | undefined {
    const key = printLabels(labels);
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
    const answer = stream.push(pushed, nowMs);
    this.duplicates += stream.takeDuplicates();
    for (let i = before; i < stream.entries.length; i++) this.entries.push(stream.entries[i]!);
    return answer;
  }
}
