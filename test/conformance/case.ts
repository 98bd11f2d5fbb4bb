import { Buffer } from 'node:buffer';
import { readdirSync, readFileSync } from 'node:fs';

/** One case of the corpus: a pipeline, what went in, and what Promtail 3.6 made of it. */
export interface ConformanceCase {
  readonly name: string;
  readonly pipeline_stages: unknown;
  readonly labels?: Record<string, string>;
  readonly external_labels?: Record<string, string>;
  readonly client?: Record<string, unknown>;
  readonly limits_config?: Record<string, unknown>;
  readonly scrape?: Record<string, unknown>;
  readonly solo?: boolean;
  /** Years are left out of what is compared. */
  readonly yearless?: boolean;
  readonly input: readonly CaseInput[];
  readonly expected: {
    readonly streams?: readonly CaseStream[];
    readonly metrics?: Readonly<Record<string, number | string>>;
    readonly error?: string;
  };
}

export type CaseInput = string | { readonly b64: string } | { readonly wait_ms: number };

export interface CaseStream {
  readonly labels: Readonly<Record<string, string>>;
  readonly tenant?: string;
  readonly entries: readonly CaseEntry[];
}

export interface CaseEntry {
  /** Nanoseconds since 1970, or `now`. */
  readonly ts: string;
  readonly line?: string;
  readonly line_b64?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

const folder = new URL('.', import.meta.url);

/** The files of the corpus, without their ending. */
export const caseFiles = readdirSync(new URL('cases', folder)).map((file) => file.replace(/\.json$/, ''));

const fixtures = new URL('fixtures', folder).pathname;

/** The cases of one file. */
export function readCases(file: string): ConformanceCase[] {
  const text = readFileSync(new URL(`cases/${file}.json`, folder), 'utf8');
  return JSON.parse(text.replaceAll('$FIXTURES', fixtures)) as ConformanceCase[];
}

/** The bytes of an input line. */
export function bytesOf(input: string | { readonly b64: string }): Buffer {
  return typeof input === 'string' ? Buffer.from(input) : Buffer.from(input.b64, 'base64');
}

/** An entry as the corpus writes it. */
export function caseEntry(
  line: Buffer,
  seconds: number,
  nanos: number,
  metadata: Iterable<readonly [string, string]>,
  isYearless: boolean,
): CaseEntry {
  const text = line.toString();
  const isText = Buffer.from(text).equals(line);
  const pairs = [...metadata].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return {
    ts: caseTime(seconds, nanos, isYearless),
    ...(isText ? { line: text } : { line_b64: line.toString('base64') }),
    ...(pairs.length > 0 ? { metadata: Object.fromEntries(pairs) } : {}),
  };
}

function caseTime(seconds: number, nanos: number, isYearless: boolean): string {
  const age = Date.now() / 1000 - seconds;
  if (age < 120 && age > -60) return 'now';
  if (!isYearless) return String(BigInt(seconds) * 1_000_000_000n + BigInt(nanos));
  const time = new Date(seconds * 1000).toISOString();
  return `year${time.slice(4, 19)}.${String(nanos).padStart(9, '0')}Z`;
}

/** Streams in an order of their own, as the corpus promises none. */
export function sortStreams(streams: readonly CaseStream[]): CaseStream[] {
  const keyOf = (stream: CaseStream) =>
    JSON.stringify([Object.entries(stream.labels).sort(), stream.tenant ?? '']);
  return [...streams].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

/** Whether the case was recorded with an agent to itself. */
export function needsOwnAgent(test: ConformanceCase): boolean {
  const hasWaits = test.input.some((input) => typeof input === 'object' && 'wait_ms' in input);
  const settings = [test.external_labels, test.client, test.limits_config];
  return test.solo === true || hasWaits || settings.some((setting) => setting !== undefined);
}
