import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TlsOptions } from 'node:tls';
import { type LokiLimits, timelessLimits } from './limits.js';
import { type DecodedPush, decodePush } from './push-body.js';
import type { PushedStream } from './push-request.js';
import { labelNames, labelValues, queryRange } from './query.js';
import { carryOut, isStored, type Reply, sendText } from './reply.js';
import { LokiStore } from './store.js';
import type { PushAnswer, ReceivedEntry, ReceivedStream } from './stored-stream.js';

export interface ReceiverOptions {
  /** Certificate, key and whatever else of node:tls makes it speak HTTPS. */
  tls?: TlsOptions;
  /** Changes to `timelessLimits`, which is what holds unless `lokiDefaults` is given. */
  limits?: Partial<LokiLimits>;
  port?: number;
  /** Refuse pushes without a tenant, as a Loki with `auth_enabled` does. */
  requireTenant?: boolean;
  /** Only count requests and bytes, decode and keep nothing: for measuring the agent and not the receiver. */
  countOnly?: boolean;
}

/** One push as it came in, and what became of it. */
export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly tenant: string;
  readonly bodyBytes: number;
  readonly streams: readonly PushedStream[];
  /** The status answered; `undefined` while there is no answer, or when there never was one. */
  status: number | undefined;
}

export interface WaitOptions {
  timeoutMs?: number;
  /** What was waited for, for the message when it did not come. */
  describe?: string;
}

/**
 * A Loki in memory, for the demo and the tests: takes pushes, holds Loki's limits against them, answers simple queries, and
 * misbehaves on demand.
 */
export class LokiReceiver {
  readonly requests: ReceivedRequest[] = [];
  /** Bytes of all push bodies, as sent. */
  bodyBytes = 0;
  /** All pushes so far: the length of `requests`, but counted in `countOnly` mode too. */
  requestCount = 0;
  readonly #options: ReceiverOptions;
  readonly #limits: LokiLimits;
  readonly #store: LokiStore;
  readonly #replies: Reply[] = [];
  readonly #waiting = new Set<() => void>();
  #chooseReply: (request: ReceivedRequest) => Reply | undefined = () => undefined;
  #server: ReturnType<typeof createServer> | undefined;
  #stopping = new AbortController();
  #port: number;

  static async start(options: ReceiverOptions = {}): Promise<LokiReceiver> {
    const receiver = new LokiReceiver(options);
    await receiver.listen();
    return receiver;
  }

  private constructor(options: ReceiverOptions) {
    this.#options = options;
    this.#limits = { ...timelessLimits, ...options.limits };
    this.#store = new LokiStore(this.#limits);
    this.#port = options.port ?? 0;
  }

  /** Where to push to, without a path. */
  get url(): string {
    return `${this.#options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${this.#port}`;
  }

  get pushUrl(): string {
    return `${this.url}/loki/api/v1/push`;
  }

  /** What was accepted, in the order it came in, copies left out. */
  entries(): readonly ReceivedEntry[] {
    return this.#store.entries;
  }

  streams(): ReceivedStream[] {
    return this.#store.streams;
  }

  /** Accepted lines that were there already. */
  get duplicates(): number {
    return this.#store.duplicates;
  }

  /** Misbehaves on the next pushes, one reply each; then answers as before. */
  answer(...replies: Reply[]): void {
    this.#replies.push(...replies);
  }

  /** From now on asks `choose` how to answer a push, when `answer` did not say; `undefined` is Loki's own way. */
  answerWith(choose: (request: ReceivedRequest) => Reply | undefined): void {
    this.#chooseReply = choose;
  }

  /** The lines so far, as soon as there are `count` of them. */
  async lines(count: number, options: WaitOptions = {}): Promise<string[]> {
    await this.waitFor(() => this.entries().length >= count, { describe: `${count} lines`, ...options });
    return this.entries().map(({ line }) => line);
  }

  /** Resolves once `isDone` holds; looked at after each push. In vain, the error says what did arrive. */
  async waitFor(
    isDone: (receiver: LokiReceiver) => boolean,
    { timeoutMs = 10_000, describe = 'the condition' }: WaitOptions = {},
  ): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const look = () => {
      try {
        if (isDone(this)) resolve();
      } catch (cause) {
        reject(cause);
      }
    };
    const timer = setTimeout(() => {
      reject(new Error(`waited ${timeoutMs} ms for ${describe}; ${this.describe()}`));
    }, timeoutMs);
    this.#waiting.add(look);
    try {
      look();
      await promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(look);
    }
  }

  /** What arrived so far, for messages. */
  describe(): string {
    const statuses = this.requests.map(({ status }) => status ?? 'no answer');
    const entries = this.entries();
    const last = entries.slice(-5).map(({ line }) => `  ${line.slice(0, 200)}`);
    return [
      `got ${this.requestCount} pushes [${statuses.slice(-20).join(', ')}], ${entries.length} lines in ${this.streams().length} streams, ${this.duplicates} copies; the last lines:`,
      ...(last.length > 0 ? last : ['  none']),
    ].join('\n');
  }

  /** Listens again after `unplug`, on the same port. */
  async listen(): Promise<void> {
    const answer = (request: IncomingMessage, response: ServerResponse) => {
      this.#answer(request, response).catch((cause: unknown) => {
        // The agent hung up, or the receiver is stopping: nobody is left to answer.
        response.destroy(cause as Error);
      });
    };
    const server =
      this.#options.tls === undefined ? createServer(answer) : createTlsServer(this.#options.tls, answer);
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
    this.#stopping = new AbortController();
  }

  /** Cuts all connections and takes no new ones, until `listen`. What arrived stays. */
  async unplug(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    this.#stopping.abort();
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }

  async stop(): Promise<void> {
    await this.unplug();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://receiver');
    const tenant = String(request.headers['x-scope-orgid'] ?? '');
    const isPush = pathname === '/loki/api/v1/push' || pathname === '/api/prom/push';
    if (isPush && request.method !== 'POST') {
      sendText(response, 405);
    } else if (isPush) {
      await this.#push(request, response, pathname, tenant);
    } else if (pathname === '/ready') {
      sendText(response, 200, 'ready');
    } else {
      this.#query(request, response, pathname, searchParams, tenant || 'fake');
    }
  }

  async #push(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    tenant: string,
  ): Promise<void> {
    this.requestCount++;
    if (this.#replies[0]?.kind === 'reset-mid-body') {
      this.#replies.shift();
      // Its first piece is enough to be in the middle.
      await once(request, 'data');
      request.socket.resetAndDestroy();
      return;
    }
    if (this.#options.countOnly === true) {
      for await (const chunk of request) this.bodyBytes += (chunk as Buffer).length;
      this.#changed();
      await carryOut(this.#replies.shift() ?? { kind: 'normal' }, response, undefined, this.#stopping.signal);
      return;
    }

    const body = await readAll(request);
    this.bodyBytes += body.length;
    const decoded = decodePush(request.headers, path, body, this.#limits.maxRequestSize);
    const received: ReceivedRequest = {
      method: request.method ?? '',
      path,
      headers: request.headers,
      tenant,
      bodyBytes: body.length,
      streams: 'streams' in decoded ? decoded.streams : [],
      status: undefined,
    };
    this.requests.push(received);

    const reply = this.#replies.shift() ?? this.#chooseReply(received) ?? { kind: 'normal' };
    const answer = isStored(reply) ? this.#take(tenant, decoded) : undefined;
    this.#changed();
    try {
      received.status = await carryOut(reply, response, answer, this.#stopping.signal);
    } finally {
      this.#changed();
    }
  }

  #changed(): void {
    for (const look of [...this.#waiting]) look();
  }

  #take(tenant: string, decoded: DecodedPush): PushAnswer {
    if (this.#options.requireTenant === true && tenant === '') return { status: 401, message: 'no org id' };
    if ('fault' in decoded) return decoded.fault;
    return this.#store.push(tenant || 'fake', decoded.streams, Date.now());
  }

  #query(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    query: URLSearchParams,
    tenant: string,
  ): void {
    const streams = this.streams().filter((stream) => stream.tenant === tenant);
    const flags = String(request.headers['x-loki-response-encoding-flags'] ?? '');
    const values = /^\/loki\/api\/v1\/label\/([^/]+)\/values$/.exec(path)?.[1];
    let result: unknown;
    try {
      if (path === '/loki/api/v1/query_range') {
        result = queryRange(streams, query, {
          nowMs: Date.now(),
          isCategorized: flags.includes('categorize-labels'),
          limits: this.#limits,
        });
      } else if (path === '/loki/api/v1/labels') {
        result = labelNames(streams);
      } else if (values !== undefined) {
        result = labelValues(streams, decodeURIComponent(values));
      } else {
        sendText(response, 404, '404 page not found');
        return;
      }
    } catch (cause) {
      sendText(response, 400, (cause as Error).message);
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json; charset=UTF-8' });
    response.end(JSON.stringify(result));
  }
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
