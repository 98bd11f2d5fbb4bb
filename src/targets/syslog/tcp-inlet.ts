import type { Buffer } from 'node:buffer';
import { unwatchFile, watchFile } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions, type Server as TlsServer } from 'node:tls';
import type { Logger } from 'pino';
import { NewConnections } from '../../http/new-connections.js';
import { type ListenAddress, peerAddress } from '../listen-address.js';
import { Connection, type ConnectionDeps } from './connection.js';
import type { SyslogTls } from './syslog-schema.js';

export interface TcpInletDeps extends Omit<ConnectionDeps, 'take'> {
  readonly take: (messages: Buffer[], address: string) => Promise<void>;
  readonly log: Logger;
}

/** Takes connections of senders, with TLS when there is a certificate. */
export class TcpInlet {
  readonly #address: ListenAddress;
  readonly #tls: SyslogTls;
  readonly #deps: TcpInletDeps;
  readonly #connections = new Set<Connection>();
  #server: Server | undefined;
  /** Those that TLS is still being agreed on with. */
  #handshaking: NewConnections | undefined;
  #stopWatching = () => {};

  constructor(address: ListenAddress, tls: SyslogTls, deps: TcpInletDeps) {
    this.#address = address;
    this.#tls = tls;
    this.#deps = deps;
  }

  get port(): number {
    const address = this.#server?.address();
    return typeof address === 'object' ? (address?.port ?? 0) : 0;
  }

  /** How many senders are connected. */
  get connections(): number {
    return this.#connections.size;
  }

  async open(): Promise<void> {
    const server = await this.#createServer();
    const { host, port } = this.#address;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ port, ...(host === '' ? {} : { host }) }, () => {
        server.off('error', reject);
        resolve();
      });
    });
    server.on('error', (error) => this.#deps.log.error({ err: error }, 'cannot accept a connection'));
    this.#server = server;
  }

  async close(): Promise<void> {
    this.#stopWatching();
    const server = this.#server;
    if (server === undefined) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    this.#handshaking?.end();
    await Promise.all([...this.#connections].map((connection) => connection.drain()));
    await closed;
  }

  async #createServer(): Promise<Server> {
    const accept = (socket: Socket) => this.#accept(socket);
    if (this.#tls === undefined) return createServer(accept);
    const { log } = this.#deps;
    const server: TlsServer = createTlsServer(await loadTls(this.#tls), (socket) => {
      this.#handshaking?.forget(socket);
      accept(socket);
    });
    this.#handshaking = new NewConnections(server);
    server.on('tlsClientError', (error) => log.warn({ error: error.message }, 'refused a connection'));
    this.#stopWatching = watchTls(this.#tls, () => {
      loadTls(this.#tls).then(
        (options) => server.setSecureContext(options),
        (error: unknown) =>
          log.error({ err: error }, 'cannot use the changed certificate; the old one stays'),
      );
    });
    return server;
  }

  #accept(socket: Socket): void {
    const address = peerAddress(socket.remoteAddress);
    const connection = new Connection(socket, {
      ...this.#deps,
      take: (messages) => this.#deps.take(messages, address),
    });
    this.#connections.add(connection);
    void connection.closed.then(() => this.#connections.delete(connection));
  }
}

const versions = { TLS10: 'TLSv1', TLS11: 'TLSv1.1', TLS12: 'TLSv1.2', TLS13: 'TLSv1.3' } as const;

/** With `ca_file` a client must bring a certificate that it has signed. */
async function loadTls(tls: SyslogTls): Promise<TlsOptions> {
  const { cert_file, key_file, ca_file, min_version, max_version } = tls!;
  const [cert, key, ca] = await Promise.all([
    readFile(cert_file),
    readFile(key_file),
    ca_file === '' ? undefined : readFile(ca_file),
  ]);
  return {
    cert,
    key,
    minVersion: versions[min_version],
    maxVersion: versions[max_version],
    ...(ca === undefined ? {} : { ca, requestCert: true, rejectUnauthorized: true }),
  };
}

/** Certificates that are renewed on the disk are used from the next connection on. */
function watchTls(tls: SyslogTls, changed: () => void): () => void {
  const files = [tls!.cert_file, tls!.key_file, tls!.ca_file].filter((file) => file !== '');
  for (const file of files) watchFile(file, { persistent: false, interval: 1000 }, changed);
  return () => {
    for (const file of files) unwatchFile(file, changed);
  };
}
