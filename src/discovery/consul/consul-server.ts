import type { Dispatcher } from 'undici';
import { Deadline } from '../../http/deadline.js';
import { HttpClient, type HttpClientDeps } from '../../http/http-client.js';
import type { HttpOptions } from '../../http/http-options.js';

/** Asks something of Consul. Undefined: nothing has changed since the last time. */
export type Query<T> = (signal: AbortSignal) => Promise<T | undefined>;

export interface ConsulServerOptions {
  readonly url: URL;
  readonly token: string;
  /** What goes with each request: `dc`, `ns`, `partition`. */
  readonly scope: Readonly<Record<string, string>>;
  readonly http: HttpOptions;
}

/** How long a query waits for something to change; Consul adds up to a sixteenth to it. */
const waitMs = 120_000;
const graceMs = 15_000;

/** Talks to one Consul server or agent. */
export class ConsulServer {
  readonly #options: ConsulServerOptions;
  readonly #client: HttpClient;

  constructor(options: ConsulServerOptions, deps: HttpClientDeps) {
    this.#options = options;
    this.#client = new HttpClient(options.url, options.http, deps);
  }

  /** The answer if its status is one of these; otherwise an Error. */
  async get(
    path: string,
    query: readonly (readonly [string, string])[],
    signal: AbortSignal,
    statuses: readonly number[] = [200],
  ): Promise<{ status: number; headers: Dispatcher.ResponseData['headers']; body: unknown }> {
    const { url: base, token, scope } = this.#options;
    const url = new URL(base);
    url.pathname = `${url.pathname.replace(/\/$/, '')}${path}`;
    for (const [name, value] of [...Object.entries(scope), ...query]) url.searchParams.append(name, value);
    const headers = { accept: 'application/json', ...(token !== '' && { 'x-consul-token': token }) };
    const deadline = new Deadline(waitMs + graceMs, signal);
    try {
      const answer = await this.#client.get(url, headers, deadline.signal);
      const text = await answer.body.text();
      const { statusCode: status } = answer;
      if (!statuses.includes(status))
        throw new Error(`Unexpected response code: ${status} (${text.slice(0, 1024).trim()})`);
      return { status, headers: answer.headers, body: status === 404 ? undefined : JSON.parse(text) };
    } catch (error) {
      throw deadline.isOver ? new Error('Consul has fallen silent', { cause: error }) : error;
    } finally {
      deadline.clear();
    }
  }

  /** A query that Consul answers when the answer has changed. */
  blocking(path: string, query: readonly (readonly [string, string])[]): Query<unknown> {
    let index = 0;
    return async (signal) => {
      const waiting =
        index === 0
          ? []
          : ([
              ['index', String(index)],
              ['wait', `${waitMs}ms`],
            ] as const);
      const { headers, body } = await this.get(path, [...query, ...waiting], signal);
      const next = Number(headers['x-consul-index'] ?? 0);
      const isSame = next === index && index !== 0;
      // After a restore of its data Consul counts from the beginning.
      index = next < index ? 0 : next;
      return isSame ? undefined : body;
    };
  }

  /** The datacenter that queries are about which name none. */
  async ownDatacenter(signal: AbortSignal): Promise<string> {
    const { body } = await this.get('/v1/agent/self', [], signal);
    const datacenter = (body as { Config?: { Datacenter?: unknown } } | null)?.Config?.Datacenter;
    if (typeof datacenter !== 'string') throw new Error('invalid value for Config.Datacenter');
    return datacenter;
  }

  async close(): Promise<void> {
    await this.#client.close();
  }
}
