import { RE2JS } from 're2js';
import { LabelReader } from './label-reader.js';
import type { LokiLimits } from './limits.js';
import type { ReceivedEntry, ReceivedStream } from './stored-stream.js';
import { printLabels } from './stream-labels.js';

/**
 * Answers `GET /loki/api/v1/query_range` for a stream selector and texts that lines hold: what a program asks that wants to know
 * which lines are there. Throws an Error with the text for a 400.
 */
export function queryRange(
  streams: readonly ReceivedStream[],
  query: URLSearchParams,
  { nowMs, isCategorized, limits }: QueryContext,
): unknown {
  const matches = parseQuery(query.get('query') ?? '');
  const limit = parseLimit(query.get('limit'), limits.maxQueryEntries);
  const end = parseTime(query.get('end')) ?? BigInt(nowMs) * 1_000_000n;
  const start = parseTime(query.get('start')) ?? end - 3_600_000_000_000n;
  if (end < start) throw new Error('end timestamp must not be before or equal to start time');
  checkLength(end - start, limits.maxQueryLengthMs);
  const direction = parseDirection(query.get('direction'));

  const found: { at: bigint; entry: ReceivedEntry }[] = [];
  for (const stream of streams) {
    if (!matches.stream(stream.labels)) continue;
    for (const entry of stream.entries) {
      const at = BigInt(entry.time);
      if (at >= start && at < end && matches.line(entry.line)) found.push({ at, entry });
    }
  }
  const sign = direction === 'forward' ? 1 : -1;
  found.sort((a, b) => (a.at < b.at ? -sign : a.at > b.at ? sign : 0));
  return {
    status: 'success',
    data: {
      resultType: 'streams',
      ...(isCategorized && { encodingFlags: ['categorize-labels'] }),
      result: group(
        found.slice(0, limit).map(({ entry }) => entry),
        isCategorized,
      ),
      stats: {},
    },
  };
}

/** Answers `GET /loki/api/v1/labels`. */
export function labelNames(streams: readonly ReceivedStream[]): unknown {
  return success(new Set(streams.flatMap(({ labels }) => Object.keys(labels))));
}

/** Answers `GET /loki/api/v1/label/<name>/values`. */
export function labelValues(streams: readonly ReceivedStream[], name: string): unknown {
  return success(new Set(streams.flatMap(({ labels }) => labels[name] ?? [])));
}

export interface QueryContext {
  readonly nowMs: number;
  /** Metadata is to be apart from labels. */
  readonly isCategorized: boolean;
  readonly limits: LokiLimits;
}

type Matcher = (labels: Readonly<Record<string, string>>) => boolean;

interface Query {
  readonly stream: Matcher;
  readonly line: (line: string) => boolean;
}

/** A selector, and behind it what lines must hold: `{a="1"} |= "b" |= "c"`. */
function parseQuery(text: string): Query {
  const reader = new LabelReader(text);
  const stream = readSelector(reader);
  const parts: string[] = [];
  while (reader.takes('|=')) parts.push(reader.quoted());
  reader.end();
  return { stream, line: (line) => parts.every((part) => line.includes(part)) };
}

/** `{a="1", b!="2", c=~"3|4", d!~"5.*"}` as a test of a label set. A label that is absent counts as empty. */
export function parseSelector(text: string): Matcher {
  const reader = new LabelReader(text);
  const matches = readSelector(reader);
  reader.end();
  return matches;
}

function readSelector(reader: LabelReader): Matcher {
  const matchers: Matcher[] = [];
  reader.expect('{');
  while (!reader.takes('}')) {
    matchers.push(parseMatcher(reader));
    if (!reader.takes(',')) {
      reader.expect('}');
      break;
    }
  }
  return (labels) => matchers.every((matches) => matches(labels));
}

function parseMatcher(reader: LabelReader): Matcher {
  const name = reader.name();
  const isRegex = reader.takes('=~');
  const isNotRegex = !isRegex && reader.takes('!~');
  const isNot = isNotRegex || (!isRegex && reader.takes('!='));
  if (!isRegex && !isNot) reader.expect('=');
  const value = reader.quoted();
  if (!isRegex && !isNotRegex) return (labels) => ((labels[name] ?? '') === value) !== isNot;
  const pattern = RE2JS.compile(value, RE2JS.DOTALL);
  return (labels) => pattern.matches(labels[name] ?? '') !== isNot;
}

/** Entries of one answer by stream. Without the categorising flag Loki mixes an entry's metadata into its stream's labels. */
function group(entries: ReceivedEntry[], isCategorized: boolean): unknown[] {
  const results = new Map<string, { stream: Record<string, string>; values: unknown[] }>();
  for (const { labels, metadata, time, line } of entries) {
    const stream = isCategorized ? { ...labels } : { ...metadata, ...labels };
    const key = printLabels(stream);
    const result = results.get(key) ?? { stream, values: [] };
    results.set(key, result);
    const hasMetadata = Object.keys(metadata).length > 0;
    result.values.push(
      isCategorized ? [time, line, hasMetadata ? { structuredMetadata: metadata } : {}] : [time, line],
    );
  }
  return [...results.values()];
}

function success(names: Set<string>): unknown {
  return { status: 'success', data: [...names].sort() };
}

function parseLimit(text: string | null, maxLimit: number): number {
  const limit = text === null || text === '' ? 100 : Number(text);
  if (!Number.isInteger(limit) || limit <= 0) throw new Error('limit must be a positive value');
  if (limit > maxLimit) {
    throw new Error(
      `max entries limit per query exceeded, limit > max_entries_limit_per_query (${limit} > ${maxLimit})`,
    );
  }
  return limit;
}

function checkLength(nanos: bigint, maxMs: number): void {
  const ms = Number(nanos / 1_000_000n);
  if (maxMs === 0 || ms <= maxMs) return;
  throw new Error(
    `the query time range exceeds the limit (query length: ${ms / 1000}s, limit: ${maxMs / 1000}s)`,
  );
}

function parseDirection(text: string | null): 'forward' | 'backward' {
  const direction = (text || 'backward').toLowerCase();
  if (direction === 'forward' || direction === 'backward') return direction;
  throw new Error(`invalid direction '${text}'`);
}

/** Nanoseconds from what Loki takes for a time: nanoseconds, up to ten digits of seconds, seconds with a fraction, RFC 3339. */
function parseTime(text: string | null): bigint | undefined {
  if (text === null || text === '') return undefined;
  if (/^\d{1,10}$/.test(text)) return BigInt(text) * 1_000_000_000n;
  if (/^\d+$/.test(text)) return BigInt(text);
  if (/^\d+\.\d+$/.test(text)) return BigInt(Math.round(Number(text) * 1000)) * 1_000_000n;
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw new Error(`cannot parse "${text}" as a time`);
  const fraction = /\.(\d+)/.exec(text)?.[1] ?? '';
  return BigInt(Math.floor(ms / 1000)) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0').slice(0, 9));
}
