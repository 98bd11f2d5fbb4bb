import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';

export interface FakeRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  /** Unpacked. */
  readonly body: string;
}

export interface FakeAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** The connection ends instead: what was done is done, but nobody hears of it. */
  readonly isLost?: boolean;
}

/** An HTTP server on loopback that ends with the test. Texts are answered as they are, all else as JSON. */
export async function serve(
  answer: (request: FakeRequest) => FakeAnswer | Promise<FakeAnswer>,
): Promise<string> {
  const server = createServer(async (request, response) => {
    const packed = await buffer(request);
    const bytes = request.headers['content-encoding'] === 'gzip' ? gunzipSync(packed) : packed;
    const url = new URL(request.url!, 'http://127.0.0.1');
    const { method = '', headers } = request;
    const given = await answer({ method, url, headers, body: String(bytes) });
    const { status, headers: more, body = '', isLost = false } = given;
    if (isLost) {
      response.destroy();
      return;
    }
    response.writeHead(status, { 'content-type': 'application/json', ...more });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
