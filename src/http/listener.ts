import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { ListenOptions, Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import type { TLSSocket } from 'node:tls';
import type { Logger } from 'pino';
import type { RequestMetrics } from '../metrics/request-metrics.js';
import type { ListenerConfig } from './listener-schema.js';
import { NewConnections } from './new-connections.js';
import { requestLog } from './request-log.js';
import { loadServerTls, mayConnect, watchServerTls } from './server-tls.js';
import { isTlsOn } from './tls-schema.js';

/** Answers requests to one path. What it throws becomes a 500. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

export interface ListenerDeps {
  readonly log: Logger;
  readonly metrics: RequestMetrics;
}

/** A body that is not all there when the server closes is waited for no longer than this. */
const maxUnfinishedMs = 5000;

/** An HTTP server as a `server` block describes it: the agent's own, or that of a target which is pushed to. */
export class Listener {
  readonly #config: ListenerConfig;
  readonly #server: Server;
  readonly #stopWatching: () => void;
  readonly #newConnections: NewConnections;
  /** Those that are not answered to the end. */
  readonly #requests = new Set<IncomingMessage>();

  private constructor(config: ListenerConfig, server: Server, stopWatching: () => void) {
    this.#config = config;
    this.#server = server;
    this.#stopWatching = stopWatching;
    this.#newConnections = new NewConnections(server);
    server.on('request', (request, response) => {
      this.#newConnections.forget(request.socket);
      this.#requests.add(request);
      response.once('close', () => this.#requests.delete(request));
    });
  }

  /** Listens, with `routes` by their path below the prefix. Rejects when the port is taken or a certificate cannot be read. */
  static async open(
    config: ListenerConfig,
    routes: ReadonlyMap<string, Handler>,
    deps: ListenerDeps,
  ): Promise<Listener> {
    const options = {
      requestTimeout: config.http_server_read_timeout,
      headersTimeout: config.http_server_read_header_timeout || config.http_server_read_timeout,
      keepAliveTimeout: config.http_server_idle_timeout,
      connectionsCheckingInterval: 500,
    };
    const isTls = isTlsOn(config.http_tls_config);
    const server = isTls
      ? createTlsServer({ ...options, ...(await loadServerTls(config)) })
      : createServer(options);
    if (config.http_listen_conn_limit > 0) server.maxConnections = config.http_listen_conn_limit;
    watchConnections(server, config, deps);
    server.on('request', answerWith(routes, config, deps));
    const stopWatching = isTls ? renewCertificates(server, config, deps.log) : () => {};
    const listener = new Listener(config, server, stopWatching);
    await listen(server, config);
    // Out of file descriptors, mostly: the connection is lost, the listener is not.
    server.on('error', (error) => deps.log.error({ err: error }, 'cannot accept a connection'));
    return listener;
  }

  /** `127.0.0.1:9080`, or the path of the socket. */
  get address(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') return address ?? '';
    return address.family === 'IPv6'
      ? `[${address.address}]:${address.port}`
      : `${address.address}:${address.port}`;
  }

  get port(): number {
    const address = this.#server.address();
    return address === null || typeof address === 'string' ? 0 : address.port;
  }

  /** Lets running requests end, for as long as `graceful_shutdown_timeout`. */
  async close(): Promise<void> {
    this.#stopWatching();
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    // A connection that is kept alive turns idle when its request is answered, and says nothing of it.
    const sweep = setInterval(() => {
      this.#server.closeIdleConnections();
      this.#newConnections.end();
    }, 20);
    const cut = setTimeout(() => {
      for (const request of this.#requests) if (!request.complete) request.socket.destroy();
    }, maxUnfinishedMs);
    const timer = setTimeout(
      () => this.#server.closeAllConnections(),
      this.#config.graceful_shutdown_timeout,
    );
    await closed;
    clearInterval(sweep);
    clearTimeout(cut);
    clearTimeout(timer);
  }
}

function listen(server: Server, config: ListenerConfig): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(addressOf(config), () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function addressOf(config: ListenerConfig): ListenOptions {
  const { http_listen_network: network, http_listen_address: host, http_listen_port: port } = config;
  if (network === 'unix') return { path: `${host}:${port}` };
  if (network === 'tcp4') return { host: host || '0.0.0.0', port };
  if (network === 'tcp6') return { host: host || '::', port, ipv6Only: true };
  return host === '' ? { port } : { host, port };
}

function watchConnections(server: Server, config: ListenerConfig, { log, metrics }: ListenerDeps): void {
  metrics.limitConnections(config.http_listen_conn_limit);
  server.on('connection', (socket: Socket) => {
    metrics.connectionOpened();
    socket.once('close', () => {
      metrics.connectionClosed();
      if (config.http_log_closed_connections_without_response_enabled && socket.bytesWritten === 0)
        log.warn({ remote: socket.remoteAddress }, 'connection closed without any response');
    });
  });
  server.on('secureConnection', (socket: TLSSocket) => {
    if (!mayConnect(socket, config.http_tls_config)) socket.destroy();
  });
}

function renewCertificates(server: Server, config: ListenerConfig, log: Logger): () => void {
  return watchServerTls(config.http_tls_config, () => {
    loadServerTls(config)
      .then((options) =>
        (server as Server & { setSecureContext(options: object): void }).setSecureContext(options),
      )
      .catch((error: unknown) =>
        log.error({ err: error }, 'cannot use the changed certificate; the old one stays'),
      );
  });
}

function answerWith(
  routes: ReadonlyMap<string, Handler>,
  config: ListenerConfig,
  { log, metrics }: ListenerDeps,
): Handler {
  const prefix = config.http_path_prefix.replace(/\/+$/, '');
  const byPath = new Map(
    [...routes].map(([path, handler]) => [prefix + path, { handler, name: routeName(path) }]),
  );
  const unknown = { handler: answerNotFound, name: 'other' };
  const logRequest = requestLog(config, log);
  return async (request, response) => {
    const begun = performance.now();
    const path = request.url!.replace(/[?#].*$/s, '');
    const { handler, name } = byPath.get(path) ?? unknown;
    const method = request.method!;
    const writtenBefore = request.socket.bytesWritten;
    metrics.requestBegun(method, name);
    const timeout = destroyAfter(request.socket, config.http_server_write_timeout);
    response.once('close', () => {
      clearTimeout(timeout);
      const seconds = (performance.now() - begun) / 1000;
      const status = response.statusCode;
      const bytesRead = Number(request.headers['content-length'] ?? 0);
      const bytesWritten = request.socket.bytesWritten - writtenBefore;
      metrics.requestEnded({ method, route: name, status, seconds, bytesRead, bytesWritten });
      logRequest(request, status, seconds);
    });
    try {
      await handler(request, response);
    } catch (error) {
      log.error({ err: error, path }, 'request failed');
      if (response.headersSent) request.socket.destroy();
      else answerText(response, 500, 'internal server error');
    }
  };
}

function destroyAfter(socket: Socket, ms: number): NodeJS.Timeout | undefined {
  return ms > 0 ? setTimeout(() => socket.destroy(), ms).unref() : undefined;
}

const answerNotFound: Handler = (_, response) => answerText(response, 404, '404 page not found');

/** A line of plain text, as Go's http.Error sends it. */
export function answerText(response: ServerResponse, status: number, text: string): void {
  response.setHeader('x-content-type-options', 'nosniff');
  answer(response, status, 'text/plain; charset=utf-8', `${text}\n`);
}

/** A whole answer, with its length told in front. */
export function answer(response: ServerResponse, status: number, type: string, body: string | Buffer): void {
  response.statusCode = status;
  response.setHeader('content-type', type);
  response.end(body);
}

/** `/loki/api/v1/push` → `loki_api_v1_push`, `/` → `root`. */
function routeName(path: string): string {
  return (
    path
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '_')
      .replace(/^_|_$/g, '') || 'root'
  );
}
