import { Connections } from '../http/connections.js';
import { Deadline } from '../http/deadline.js';
import { plainHttp } from '../http/http-options.js';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface AwsRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs: number;
}

export interface AwsAnswer {
  readonly status: number;
  readonly text: string;
}

/** Requests to AWS: to its services through the proxy that the environment names, to what is on this machine or network without one. */
export class AwsHttp {
  readonly #services: Connections;
  readonly #local: Connections;

  constructor(environment: Environment) {
    this.#services = new Connections({ ...plainHttp, proxy_from_environment: true }, environment);
    this.#local = new Connections(plainHttp, environment);
  }

  /** Throws when there is no answer in time. */
  service(request: AwsRequest, signal: AbortSignal): Promise<AwsAnswer> {
    return send(this.#services, request, signal);
  }

  /** The same for the metadata of a machine or a container. */
  local(request: AwsRequest, signal: AbortSignal): Promise<AwsAnswer> {
    return send(this.#local, request, signal);
  }

  async close(): Promise<void> {
    await Promise.all([this.#services.close(), this.#local.close()]);
  }
}

async function send(
  connections: Connections,
  { method, url, headers, body, timeoutMs }: AwsRequest,
  signal: AbortSignal,
): Promise<AwsAnswer> {
  const deadline = new Deadline(timeoutMs, signal);
  try {
    const dispatcher = await connections.to(url);
    const response = await dispatcher.request({
      origin: url.origin,
      path: url.pathname + url.search,
      method,
      headers,
      body: body ?? null,
      signal: deadline.signal,
    });
    return { status: response.statusCode, text: await response.body.text() };
  } catch (error) {
    const what = deadline.isOver ? `no answer within ${timeoutMs} ms` : (error as Error).message;
    throw new Error(`${method} ${url.origin}${url.pathname}: ${what}`, { cause: error });
  } finally {
    deadline.clear();
  }
}
