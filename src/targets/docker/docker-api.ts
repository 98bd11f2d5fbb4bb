import { createInterface } from 'node:readline';
import { Agent, type Dispatcher } from 'undici';
import { HttpClient, type HttpClientDeps } from '../../http/http-client.js';
import { plainHttp, withBearerAsAuthorization } from '../../http/http-options.js';
import type { Container, ContainerState, Network } from './container.js';
import type { DockerOptions } from './docker-options.js';

/** A Docker daemon answered with an error. */
export class DockerError extends Error {
  override name = 'DockerError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

type Get = (path: string, signal: AbortSignal) => Promise<Dispatcher.ResponseData>;

/** For everything but the streams, which last as long as they last. */
const answerTimeoutMs = 30_000;

/** What is asked of a Docker daemon. Paths have no version: the daemon takes its newest, whose answers have had these fields since 1.24. */
export class DockerApi {
  readonly #get: Get;
  readonly close: () => Promise<void>;

  constructor(options: DockerOptions, deps: HttpClientDeps) {
    const { get, close } = connect(options, deps);
    this.#get = get;
    this.close = close;
  }

  /** Those that have ended too. */
  async containers(filters: DockerOptions['filters'], signal: AbortSignal): Promise<Container[]> {
    const query = new URLSearchParams({ all: '1', filters: printFilters(filters) });
    return (await this.#json(`/containers/json?${query}`, signal)) as Container[];
  }

  async networks(signal: AbortSignal): Promise<Network[]> {
    return (await this.#json('/networks', signal)) as Network[];
  }

  async inspect(id: string, signal: AbortSignal): Promise<ContainerState> {
    return (await this.#json(`/containers/${id}/json`, signal)) as ContainerState;
  }

  /** Its log from this second on, for as long as it runs. */
  async logs(id: string, sinceSeconds: number, signal: AbortSignal): Promise<AsyncIterable<Buffer>> {
    const since = String(sinceSeconds);
    const query = new URLSearchParams({ follow: '1', stdout: '1', stderr: '1', timestamps: '1', since });
    return (await this.#answer(`/containers/${id}/logs?${query}`, signal)).body;
  }

  /** The ids of containers as they start. */
  async starts(signal: AbortSignal): Promise<AsyncIterable<string>> {
    const filters = JSON.stringify({ type: ['container'], event: ['start'] });
    const { body } = await this.#answer(`/events?${new URLSearchParams({ filters })}`, signal);
    return startedIds(body);
  }

  async #json(path: string, signal: AbortSignal): Promise<unknown> {
    const limited = AbortSignal.any([signal, AbortSignal.timeout(answerTimeoutMs)]);
    return await (await this.#answer(path, limited)).body.json();
  }

  async #answer(path: string, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const response = await this.#get(path, signal);
    if (response.statusCode === 200) return response;
    const text = await response.body.text();
    throw new DockerError(response.statusCode, messageOf(text) ?? `answered with ${response.statusCode}`);
  }
}

/** As in Promtail the keys for HTTP count for http and https alone. */
function connect(options: DockerOptions, deps: HttpClientDeps): { get: Get; close: () => Promise<void> } {
  const host = new URL(options.host);
  if (host.protocol === 'unix:') {
    const socketPath = decodeURIComponent(host.pathname);
    const agent = new Agent({ connect: { socketPath }, headersTimeout: 0, bodyTimeout: 0 });
    const origin = 'http://docker';
    return {
      get: (path, signal) => agent.request({ origin, path, method: 'GET', signal }),
      close: () => agent.destroy(),
    };
  }
  const isHttp = host.protocol !== 'tcp:';
  const base = isHttp ? host : new URL(options.host.replace(/^tcp:/, 'http:'));
  const client = new HttpClient(base, isHttp ? withBearerAsAuthorization(options) : plainHttp, deps);
  const prefix = base.pathname.replace(/\/$/, '');
  return {
    get: (path, signal) => client.get(new URL(prefix + path, base), {}, signal),
    close: () => client.close(),
  };
}

async function* startedIds(body: Dispatcher.ResponseData['body']): AsyncGenerator<string> {
  for await (const line of createInterface({ input: body })) {
    const { id } = JSON.parse(line) as { id?: string };
    if (id !== undefined) yield id;
  }
}

function printFilters(filters: DockerOptions['filters']): string {
  const byName: Record<string, string[]> = {};
  for (const { name, values } of filters) byName[name] = [...(byName[name] ?? []), ...values];
  return JSON.stringify(byName);
}

function messageOf(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { message?: string }).message;
  } catch {
    return text.trim() || undefined;
  }
}
