import type { Logger } from 'pino';
import type { Dispatcher } from 'undici';
import type { LokiOptions } from '../client/loki.js';
import { headerText } from '../client/request-headers.js';
import { backoffMs } from '../http/backoff.js';
import { Deadline } from '../http/deadline.js';
import { HttpClient } from '../http/http-client.js';
import { parseRetryAfter } from '../http/retry-after.js';
import { sleep } from '../http/sleep.js';
import { ReplayEnd } from '../replay/read-files.js';
import { type Answer, type Failed, readAnswer, type TooMuch } from './query-answer.js';

/** What to ask for: from `start` on and before `end`, in nanoseconds since 1970, the first `limit` of it in the order of time. */
export interface RangeQuery {
  readonly tenant: string;
  readonly query: string;
  readonly start: bigint;
  readonly end: bigint;
  readonly limit: number;
}

/** Loki cannot be asked: not there, not for us, or not a Loki. */
export class QueryError extends ReplayEnd {
  override readonly name = 'QueryError';
}

export interface LokiQueryDeps {
  readonly log: Logger;
  readonly version: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

const maxAttempts = 8;
const minPauseMs = 500;
const maxPauseMs = 30_000;
const timeoutMs = 45_000;
/** Who hangs up on a question after so long has failed at it; a Loki's own patience ends after 30 or 60 s. */
const slowMs = 20_000;
/** Answers are read as a whole. */
const maxAnswerBytes = 256 * 1024 * 1024;

/** Asks a Loki which lines it has, with the login, tenant and certificates of the client that sent them. */
export class LokiQuery {
  readonly #url: URL;
  readonly #http: HttpClient;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #deps: LokiQueryDeps;

  /** `base` is what comes before `/loki/api/v1/query_range`. */
  constructor(base: URL, client: LokiOptions, deps: LokiQueryDeps) {
    this.#url = new URL(`${base.href.replace(/\/$/, '')}/loki/api/v1/query_range`);
    this.#http = new HttpClient(base, client, deps);
    this.#headers = Object.fromEntries(
      [...(client.headers ?? [])].map(([name, value]) => [name.toLowerCase(), headerText(value)]),
    );
    this.#deps = deps;
  }

  /** Tries again while Loki is busy or away. Throws a QueryError. */
  async ask(query: RangeQuery): Promise<Answer> {
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.#askOnce(query);
      if (outcome.kind !== 'failed') return outcome;
      const { message, isFinal, afterMs } = outcome;
      if (isFinal || attempt === maxAttempts || this.#deps.signal.aborted)
        throw new QueryError(`cannot ask ${this.#url.origin}${this.#url.pathname}: ${message}`);
      this.#deps.log.warn({ attempt, error: message }, 'Loki does not answer; asking again');
      const pauseMs = afterMs ?? backoffMs(attempt, minPauseMs, maxPauseMs, Math.random());
      await sleep(Math.min(pauseMs, maxPauseMs), this.#deps.signal);
    }
  }

  async close(): Promise<void> {
    await this.#http.close();
  }

  async #askOnce({ tenant, query, start, end, limit }: RangeQuery): Promise<Answer | Failed> {
    const url = new URL(this.#url);
    url.search = String(
      new URLSearchParams({
        query,
        start: String(start),
        end: String(end),
        limit: String(limit),
        direction: 'forward',
      }),
    );
    const headers = {
      ...this.#headers,
      accept: 'application/json',
      // Metadata apart from labels, or a stream could not be told from another.
      'x-loki-response-encoding-flags': 'categorize-labels',
      ...(tenant !== '' && { 'x-scope-orgid': headerText(tenant) }),
    };
    const startedAt = performance.now();
    const deadline = new Deadline(timeoutMs, this.#deps.signal);
    try {
      const response = await this.#http.get(url, headers, deadline.signal);
      const text = await readText(response);
      if (text === undefined) return tooManyLines('the answer is too large');
      return response.statusCode === 200 ? readAnswer(text) : classify(response, text);
    } catch (error) {
      if (!this.#deps.signal.aborted && performance.now() - startedAt > slowMs)
        return tooManyLines(`no answer within ${Math.round((performance.now() - startedAt) / 1000)} s`);
      const message = reasonOf(error);
      return { kind: 'failed', message, isFinal: false, afterMs: undefined };
    } finally {
      deadline.clear();
    }
  }
}

/** Undefined: more than can be held. */
async function readText({ body }: Dispatcher.ResponseData): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += (chunk as Buffer).length;
    if (size > maxAnswerBytes) return undefined;
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** In the words of Loki, and of gRPC between its parts. */
const tooMuchTime = /time range exceeds|too many bytes/i;
const tooLarge = /larger than max|message size|ResourceExhausted/i;

function classify({ statusCode, headers }: Dispatcher.ResponseData, text: string): Answer | Failed {
  const message = `${statusCode} ${text.trim().split('\n')[0]!.slice(0, 500)}`;
  const limits = /max_entries_limit_per_query \(\d+ > (\d+)\)/.exec(text);
  if (limits !== null) return { ...tooManyLines(message), maxLimit: Number(limits[1]) };
  if (tooMuchTime.test(text)) return { kind: 'too-much', of: 'time', message, maxLimit: undefined };
  // Where an answer is too large for its own parts, Loki says so to nobody: its question runs out of time.
  if (tooLarge.test(text) || statusCode === 504) return tooManyLines(message);
  const isFinal = statusCode < 500 && statusCode !== 429 && statusCode !== 408;
  const retryAfter = headers['retry-after'];
  return { kind: 'failed', message, isFinal, afterMs: parseRetryAfter(retryAfter?.toString(), Date.now()) };
}

function tooManyLines(message: string): TooMuch {
  return { kind: 'too-much', of: 'lines', message, maxLimit: undefined };
}

function reasonOf(error: unknown): string {
  const { message, code, cause } = error as NodeJS.ErrnoException & { cause?: unknown };
  return message || code || String(cause);
}
