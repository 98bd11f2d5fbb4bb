import { STATUS_CODES } from 'node:http';
import type { Logger } from 'pino';
import type { Dispatcher } from 'undici';
import { maskPassword } from '../fields/scalars.js';
import { type Authorization, authorizationOf, headerText } from '../http/authorization.js';
import { Connections } from '../http/connections.js';
import { readText } from '../http/secret-text.js';
import type { ClientOptions } from './client-options.js';
import type { PushOutcome } from './push-outcome.js';
import { parseRetryAfter } from './retry-after.js';

export interface TransportDeps {
  readonly log: Logger;
  readonly version: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

const maxRedirects = 10;
const maxErrorBytes = 1024;

type Headers = Record<string, string | string[]>;

/** Posts push requests to one URL. It posts once and says how that went; whether to post again is the sender's business. */
export class Transport {
  readonly #options: ClientOptions;
  readonly #log: Logger;
  readonly #connections: Connections;
  readonly #authorization: Authorization;
  readonly #headers: Headers;
  readonly #skipped = new Set<string>();

  constructor(options: ClientOptions, { log, version, environment }: TransportDeps) {
    this.#options = options;
    this.#log = log;
    this.#connections = new Connections(options, environment);
    this.#authorization = authorizationOf(options.url.url, options, environment);
    // Gateways and dashboards tell agents apart by the part before the slash.
    this.#headers = {
      'Content-Type': 'application/x-protobuf',
      'User-Agent': `promtail/3.6 auditail/${version}`,
    };
  }

  /** Throws an Error when the certificates cannot be used. */
  async check(): Promise<void> {
    await this.#connections.check();
  }

  /** Never throws. An abort of `signal` counts as no answer. */
  async post(body: Buffer, tenant: string, signal: AbortSignal): Promise<PushOutcome> {
    const deadline = new Deadline(this.#options.timeout, signal);
    try {
      return await this.#post(body, tenant, deadline.signal);
    } catch (error) {
      return { kind: 'retry', status: -1, error: this.#describe(error, deadline), afterMs: undefined };
    } finally {
      deadline.clear();
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#connections.close(), this.#authorization.close()]);
  }

  async #post(body: Buffer, tenant: string, signal: AbortSignal): Promise<PushOutcome> {
    const headers = await this.#headersFor(tenant);
    let url = this.#options.url.url;
    for (let redirects = 0; ; redirects++) {
      const response = await this.#send(url, headers, body, signal);
      const next = redirects < maxRedirects ? this.#redirect(url, response) : undefined;
      if (next === undefined) return await this.#classify(response);
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
    const own = this.#options.url.url;
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

  async #classify(response: Dispatcher.ResponseData): Promise<PushOutcome> {
    const status = response.statusCode;
    if (status >= 200 && status < 300) {
      await response.body.dump();
      return { kind: 'sent', status };
    }
    const text = response.statusText || (STATUS_CODES[status] ?? '');
    const error = `server returned HTTP status ${status} ${text} (${status}): ${await firstLine(response)}`;
    if (status === 401) this.#authorization.refused();
    if (status === 429 || status >= 500) {
      const afterMs = parseRetryAfter(single(response.headers['retry-after']), Date.now());
      return { kind: 'retry', status, error, afterMs };
    }
    if (status >= 300 && status < 400) {
      const location = single(response.headers.location) ?? 'nowhere';
      return {
        kind: 'refused',
        status,
        error: `${error}(a push is not redirected to ${location}; set the url to it)`,
      };
    }
    return { kind: 'refused', status, error };
  }

  async #headersFor(tenant: string): Promise<Headers> {
    const headers: Headers = { ...this.#headers };
    if (tenant !== '') headers['X-Scope-OrgID'] = headerText(tenant);
    for (const [name, value] of this.#options.headers ?? []) {
      if (findHeader(headers, name) !== undefined || connectionHeader.test(name)) this.#warnSkipped(name);
      else headers[name] = headerText(value);
    }
    for (const [name, { values = [], secrets = [], files = [] }] of this.#options.http_headers ?? []) {
      const key = findHeader(headers, name) ?? name;
      const all = [headers[key] ?? []].flat();
      all.push(...values.map(headerText), ...secrets.map((value) => headerText(value.reveal())));
      for (const file of files) all.push(headerText(await readText({ file }, `headers file ${file}`)));
      headers[key] = all;
    }
    return headers;
  }

  #warnSkipped(name: string): void {
    if (this.#skipped.has(name)) return;
    this.#skipped.add(name);
    this.#log.warn({ key: name }, 'custom header key already exists, skipping');
  }

  #describe(error: unknown, deadline: Deadline): string {
    const what = deadline.isOver ? `no answer within ${this.#options.timeout} ms` : messageOf(error);
    return `Post ${JSON.stringify(maskPassword(this.#options.url.url))}: ${what}`;
  }
}

/** What the connection itself sets. */
const connectionHeader =
  /^(host|content-length|transfer-encoding|trailer|connection|keep-alive|upgrade|expect|proxy-authorization)$/i;

/** Ends a request when its time is up, or when an outer signal says so. */
class Deadline {
  isOver = false;
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #outer: AbortSignal;
  readonly #abort = () => this.#controller.abort(this.#outer.reason);

  constructor(timeoutMs: number, outer: AbortSignal) {
    this.#outer = outer;
    if (timeoutMs > 0) this.#timer = setTimeout(() => this.#end(), timeoutMs);
    if (outer.aborted) this.#abort();
    outer.addEventListener('abort', this.#abort, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#outer.removeEventListener('abort', this.#abort);
  }

  #end(): void {
    this.isOver = true;
    this.#controller.abort();
  }
}

async function firstLine(response: Dispatcher.ResponseData): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  // Leaving the loop early ends the rest of the body.
  for await (const chunk of response.body as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= maxErrorBytes) break;
  }
  const text = Buffer.concat(chunks).toString('utf8', 0, Math.min(length, maxErrorBytes));
  return text.split(/\r?\n/, 1)[0]!;
}

function findHeader(headers: Headers, name: string): string | undefined {
  return Object.keys(headers).find((key) => key.toLowerCase() === name.toLowerCase());
}

function withoutHeader(headers: Headers, name: string): Headers {
  return Object.fromEntries(Object.entries(headers).filter(([key]) => key.toLowerCase() !== name));
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

/** Node bundles the failures of a host's addresses, with no message of its own. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join('; ');
  return error instanceof Error ? error.message || error.name : String(error);
}
