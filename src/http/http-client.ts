import type { Dispatcher } from 'undici';
import type { Authorization } from './authorization.js';
import { authorizationOf } from './authorization-of.js';
import { Connections } from './connections.js';
import { readExtraHeaders } from './extra-headers.js';
import type { HttpOptions } from './http-options.js';

export interface HttpClientDeps {
  readonly version: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Instead of what the options say about it. */
  readonly authorization?: Authorization;
}

const maxRedirects = 10;

/** Asks one server for pages. What it is asked with is as the options say. */
export class HttpClient {
  readonly #base: URL;
  readonly #options: HttpOptions;
  readonly #userAgent: string;
  readonly #connections: Connections;
  readonly #authorization: Authorization;

  constructor(base: URL, options: HttpOptions, { version, environment, authorization }: HttpClientDeps) {
    this.#base = base;
    this.#options = options;
    this.#userAgent = `promtail/3.6 auditail/${version}`;
    this.#connections = new Connections(options, environment);
    this.#authorization = authorization ?? authorizationOf(base, options, environment);
  }

  /** The answer, whatever its status; its body has to be read or dumped. Throws when there is none. */
  async get(
    url: URL,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<Dispatcher.ResponseData> {
    let at = url;
    for (let redirects = 0; ; redirects++) {
      const response = await this.#send(at, headers, signal);
      if (response.statusCode === 401) this.#authorization.refused();
      const next = redirects < maxRedirects ? this.#redirect(at, response) : undefined;
      if (next === undefined) return response;
      await response.body.dump();
      at = next;
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#connections.close(), this.#authorization.close()]);
  }

  async #send(
    url: URL,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<Dispatcher.ResponseData> {
    // A secret goes to the host it was given for, and never from https to http.
    const isOwn =
      url.hostname === this.#base.hostname && (url.protocol === 'https:' || this.#base.protocol === 'http:');
    const authorization = isOwn ? await this.#authorization.header(signal) : undefined;
    const dispatcher = await this.#connections.to(url);
    return await dispatcher.request({
      origin: url.origin,
      path: url.pathname + url.search,
      method: 'GET',
      headers: {
        'user-agent': this.#userAgent,
        ...headers,
        ...(isOwn && (await readExtraHeaders(this.#options.http_headers))),
        ...(authorization !== undefined && { authorization }),
      },
      signal,
    });
  }

  /** Where to ask instead; undefined when the answer is one. */
  #redirect(url: URL, { statusCode, headers }: Dispatcher.ResponseData): URL | undefined {
    if (!this.#options.follow_redirects || ![301, 302, 303, 307, 308].includes(statusCode)) return undefined;
    const next = URL.parse(String(headers.location ?? ''), url.href);
    return next !== null && /^https?:$/.test(next.protocol) ? next : undefined;
  }
}
