import { STATUS_CODES } from 'node:http';
import type { Logger } from 'pino';
import type { Dispatcher } from 'undici';
import { maskPassword } from '../fields/scalars.js';
import type { Authorization } from '../http/authorization.js';
import { authorizationOf } from '../http/authorization-of.js';
import { Connections } from '../http/connections.js';
import { Deadline } from '../http/deadline.js';
import { parseRetryAfter } from '../http/retry-after.js';
import type { SendingOptions } from './client-options.js';
import type { Protocol } from './protocol.js';
import type { PushOutcome } from './push-outcome.js';
import { findHeader, type Headers, headerText, RequestHeaders, withoutHeader } from './request-headers.js';
import type { Poster, Push } from './sender.js';

export interface TransportDeps {
  /** What is posted to where, and how its answers are read. */
  readonly protocol: Pick<Protocol, 'url' | 'headers' | 'refusalReason' | 'rateLimit' | 'read'>;
  readonly log: Logger;
  readonly version: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const maxRedirects = 10;
const maxErrorBytes = 1024;
/** An answer that tells of each entry of a large push. */
const maxAnswerBytes = 64 * 1024 * 1024;

/** Posts push requests to one URL. It posts once and says how that went; whether to post again is the sender's business. */
export class Transport implements Poster {
  readonly #options: SendingOptions;
  readonly #protocol: TransportDeps['protocol'];
  readonly #connections: Connections;
  readonly #authorization: Authorization;
  readonly #headers: RequestHeaders;

  constructor(options: SendingOptions, { protocol, log, version, environment }: TransportDeps) {
    this.#options = options;
    this.#protocol = protocol;
    this.#connections = new Connections(options, environment);
    this.#authorization = authorizationOf(options.url.url, options, environment);
    this.#headers = new RequestHeaders(options, version, log);
  }

  async check(): Promise<void> {
    await this.#connections.check();
  }

  async post(push: Push, signal: AbortSignal): Promise<PushOutcome> {
    const deadline = new Deadline(this.#options.timeout, signal);
    try {
      return await this.#post(push, deadline.signal);
    } catch (error) {
      return { kind: 'retry', status: -1, error: this.#describe(error, deadline), afterMs: undefined };
    } finally {
      deadline.clear();
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#connections.close(), this.#authorization.close()]);
  }

  async #post({ body, entryCount, tenant }: Push, signal: AbortSignal): Promise<PushOutcome> {
    const headers = await this.#headers.of(this.#protocol.headers(tenant));
    let { url } = this.#protocol;
    for (let redirects = 0; ; redirects++) {
      const response = await this.#send(url, headers, body, signal);
      const next = redirects < maxRedirects ? this.#redirect(url, response) : undefined;
      if (next === undefined) return await this.#classify(response, entryCount);
      await response.body.dump();
      url = next;
    }
  }

  async #send(
    url: URL,
    headers: Headers,
    body: Buffer,
    signal: AbortSignal,
  ): Promise<Dispatcher.ResponseData> {
    const own = this.#protocol.url;
    // A secret goes to the host it was given for, and never from https to http.
    const isOwn = url.hostname === own.hostname && (url.protocol === 'https:' || own.protocol === 'http:');
    const authorization =
      isOwn && findHeader(headers, 'authorization') === undefined
        ? await this.#authorization.header(signal)
        : undefined;
    const dispatcher = await this.#connections.to(url);
    return await dispatcher.request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: 'POST',
      headers: {
        ...(isOwn ? headers : withoutHeader(headers, 'authorization')),
        ...(authorization !== undefined && { Authorization: headerText(authorization) }),
      },
      body,
      signal,
    });
  }

  /** Where to post instead; undefined when the answer is one. */
  #redirect(url: URL, { statusCode, headers }: Dispatcher.ResponseData): URL | undefined {
    if (!this.#options.follow_redirects || (statusCode !== 307 && statusCode !== 308)) return undefined;
    const next = URL.parse(String(headers.location ?? ''), url.href);
    return next !== null && /^https?:$/.test(next.protocol) ? next : undefined;
  }

  async #classify(response: Dispatcher.ResponseData, entryCount: number): Promise<PushOutcome> {
    const status = response.statusCode;
    const isOk = status >= 200 && status < 300;
    if (isOk && this.#protocol.read === undefined) {
      // It is accepted, whatever becomes of the rest of the answer.
      await response.body.dump().catch(() => {});
      return { kind: 'sent', status };
    }
    const afterMs = parseRetryAfter(single(response.headers['retry-after']), Date.now());
    const text = await readStart(
      response,
      this.#protocol.read === undefined ? maxErrorBytes : maxAnswerBytes,
    );
    const outcome = this.#protocol.read?.({ status, text, entryCount, afterMs });
    if (outcome !== undefined) return outcome;
    if (isOk) return { kind: 'sent', status };

    const error = describeAnswer(status, response.statusText, text);
    if (status === 401) this.#authorization.refused();
    if (status === 429) {
      return { kind: 'retry', status, error, afterMs, rateLimit: this.#protocol.rateLimit?.(text) };
    }
    if (status >= 500) return { kind: 'retry', status, error, afterMs };
    if (status >= 300 && status < 400) {
      const location = single(response.headers.location) ?? 'nowhere';
      return {
        kind: 'refused',
        status,
        error: `${error.trimEnd()} a push cannot follow it to ${location}; set the url to where pushes go`,
      };
    }
    return { kind: 'refused', status, error, reason: this.#protocol.refusalReason(error) };
  }

  #describe(error: unknown, deadline: Deadline): string {
    const what = deadline.isOver ? `no answer within ${this.#options.timeout} ms` : messageOf(error);
    return `Post ${JSON.stringify(maskPassword(this.#protocol.url))}: ${what}`;
  }
}

async function readStart(response: Dispatcher.ResponseData, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  // Leaving the loop early ends the rest of the body.
  for await (const chunk of response.body as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= maxBytes) break;
  }
  return Buffer.concat(chunks).toString('utf8', 0, Math.min(length, maxBytes));
}

function describeAnswer(status: number, statusText: string, text: string): string {
  const firstLine = text.slice(0, maxErrorBytes).split(/\r?\n/, 1)[0];
  const words = statusText || (STATUS_CODES[status] ?? '');
  return `server returned HTTP status ${status} ${words} (${status}): ${firstLine}`;
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

/** Node bundles the failures of a host's addresses, with no message of its own. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join('; ');
  return error instanceof Error ? error.message || error.name : String(error);
}
