import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { freePort } from '../../../demo/free-port.js';
import { Authority } from '../../support/certificates.js';
import { scratchDir } from '../scratch.js';
import type { Source } from './source.js';

/**
 * Cloudflare's Logpull for one zone, behind a proxy that stands for its address. What a window holds is settled when it is asked for first, and
 * stays: all that was written up to then and is in no other window.
 */
class Zone implements Source {
  readonly job: object;
  readonly stages: readonly object[];
  readonly env: Readonly<Record<string, string>>;
  readonly #port: number;
  readonly #api: Server;
  readonly #windows = new Map<string, string>();
  readonly #sockets = new Set<Socket>();
  #fresh: string[] = [];
  #proxy: Server | undefined;

  constructor(port: number, dir: string) {
    const authority = new Authority();
    this.#port = port;
    writeFileSync(join(dir, 'ca.pem'), authority.cert);
    this.env = {
      HTTPS_PROXY: `http://127.0.0.1:${port}`,
      NODE_EXTRA_CA_CERTS: join(dir, 'ca.pem'),
    };
    const labels = { job: 'audit', instance: 'a' };
    this.job = { cloudflare: { api_token: 't', zone_id: 'zone', pull_range: '1s', workers: 1, labels } };
    this.stages = [{ json: { expressions: { written: 'line' } } }, { output: { source: 'written' } }];
    this.#api = createTlsServer(authority.issue({ hosts: ['api.cloudflare.com'] }), (request, response) => {
      const { searchParams } = new URL(request.url!, 'http://api');
      response.end(this.#window(searchParams.get('start')!));
    });
  }

  write(data: string): void {
    this.#fresh.push(data.trimEnd());
  }

  async listen(): Promise<void> {
    if (!this.#api.listening) {
      this.#api.listen(0, '127.0.0.1');
      await once(this.#api, 'listening');
    }
    const { port } = this.#api.address() as AddressInfo;
    const proxy = createServer();
    proxy.on('connect', (_, client: Socket) => {
      const server = connect(port, '127.0.0.1', () => client.write('HTTP/1.1 200 OK\r\n\r\n'));
      client.pipe(server).pipe(client);
      for (const socket of [client, server]) {
        this.#sockets.add(socket);
        socket.on('error', () => {}).on('close', () => this.#sockets.delete(socket));
      }
    });
    proxy.listen(this.#port, '127.0.0.1');
    await once(proxy, 'listening');
    this.#proxy = proxy;
  }

  async restart(): Promise<void> {
    const proxy = this.#proxy!;
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => proxy.close(resolve));
    await this.listen();
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#proxy!.close(resolve));
    this.#api.closeAllConnections();
    await new Promise((resolve) => this.#api.close(resolve));
  }

  #window(start: string): string {
    const known = this.#windows.get(start);
    if (known !== undefined) return known;
    const lines = this.#fresh.map((line) => JSON.stringify({ EdgeStartTimestamp: Number(start), line }));
    this.#fresh = [];
    const content = lines.map((line) => `${line}\n`).join('');
    this.#windows.set(start, content);
    return content;
  }
}

export async function openZone(scope: AsyncDisposableStack): Promise<Source> {
  const zone = new Zone(await freePort(), scratchDir(scope));
  await zone.listen();
  return zone;
}
