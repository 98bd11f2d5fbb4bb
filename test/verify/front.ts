import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { LokiReceiver } from '../../demo/loki/receiver.js';

export interface Refusal {
  readonly status: number;
  readonly body?: string;
  readonly headers?: Record<string, string>;
}

/** A query as it came in. */
export interface Asked {
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** What stands before a Loki: hands queries on, unless `refuse` says how to answer instead. */
export async function startFront(
  receiver: LokiReceiver,
  refuse: (asked: Asked, index: number) => Refusal | undefined = () => undefined,
): Promise<{ url: string; asked: Asked[] }> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', receiver.url);
    const question = { query: url.searchParams, headers: request.headers };
    const refusal = refuse(question, asked.length);
    asked.push(question);
    if (refusal !== undefined) {
      response.writeHead(refusal.status, refusal.headers);
      response.end(refusal.body);
      return;
    }
    const headers = Object.fromEntries(
      Object.entries(request.headers).filter(([name]) => /^x-/.test(name)),
    ) as Record<string, string>;
    void fetch(url, { headers }).then(async (answer) => {
      response.writeHead(answer.status, { 'content-type': 'application/json' });
      response.end(await answer.text());
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}
