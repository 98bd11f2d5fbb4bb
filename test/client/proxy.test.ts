import { once } from 'node:events';
import { createServer, request as forward } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { Authority } from '../support/certificates.js';
import { Source, startClient } from './client-under-test.js';
import { startReceiver } from './start-receiver.js';

it('forwards pushes to an http address', async () => {
  const [loki, proxy] = [await startReceiver(), await startProxy()];
  const { client } = await startClient({ url: loki.pushUrl, proxy_url: proxy.url, tenant_id: 'me' });
  const source = new Source();
  client.push(source.entries('a'));
  await source.settles(1);
  expect(proxy.seen).toEqual([`POST ${loki.pushUrl}`]);
  expect(loki.requests[0]!.tenant).toBe('me');
});

it('tunnels to an https address, with its own headers for the proxy', async () => {
  const authority = new Authority();
  const [loki, proxy] = [await startReceiver({ tls: authority.issue() }), await startProxy()];
  const { client } = await startClient({
    url: loki.pushUrl,
    proxy_url: proxy.url.replace('//', '//me:secret@'),
    proxy_connect_header: { 'X-Pass': ['one'] },
    tls_config: { ca: authority.cert },
  });
  const source = new Source();
  client.push(source.entries('a'));
  await source.settles(1);
  expect(proxy.seen).toEqual([`CONNECT ${new URL(loki.url).host}`]);
  expect(proxy.headers[0]).toMatchObject({
    'x-pass': 'one',
    'proxy-authorization': `Basic ${Buffer.from('me:secret').toString('base64')}`,
  });
  expect(loki.requests[0]!.headers).not.toHaveProperty('x-pass');
});

it('sends the headers for the proxy with CONNECT only', async () => {
  const [loki, proxy] = [await startReceiver(), await startProxy()];
  const proxy_connect_header = { 'X-Pass': ['one'] };
  const { client } = await startClient({ url: loki.pushUrl, proxy_url: proxy.url, proxy_connect_header });
  const source = new Source();
  client.push(source.entries('a'));
  await source.settles(1);
  expect(proxy.headers[0]).not.toHaveProperty('x-pass');
});

it('takes the proxy from the environment where the config says so', async () => {
  const [loki, proxy] = [await startReceiver(), await startProxy()];
  // Loopback is never proxied, so the name has to be another.
  const url = `http://loki.invalid:${new URL(loki.url).port}/loki/api/v1/push`;
  const environment = { HTTP_PROXY: proxy.url };
  const { client } = await startClient({ url, proxy_from_environment: true }, { environment });
  const source = new Source();
  client.push(source.entries('a'));
  await source.settles(1);
  expect(proxy.seen).toEqual([`POST ${url}`]);
});

it('tries again when the proxy refuses', async () => {
  const authority = new Authority();
  const [loki, proxy] = [await startReceiver({ tls: authority.issue() }), await startProxy()];
  proxy.refusals = 2;
  const tls_config = { ca: authority.cert };
  const { client, metric } = await startClient({ url: loki.pushUrl, proxy_url: proxy.url, tls_config });
  const source = new Source();
  client.push(source.entries('a'));
  await source.settles(1);
  expect(await metric('promtail_batch_retries_total')).toBe(2);
});

/** An HTTP proxy that knows every host as 127.0.0.1. */
async function startProxy() {
  const seen: string[] = [];
  const headers: object[] = [];
  const state = { url: '', seen, headers, refusals: 0 };
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    headers.push(request.headers);
    const { port, pathname } = new URL(request.url!);
    const onward = forward(
      { host: '127.0.0.1', port, path: pathname, method: 'POST', headers: request.headers },
      (answer) => {
        response.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(response);
      },
    );
    request.pipe(onward);
  });
  server.on('connect', (request, socket) => {
    seen.push(`CONNECT ${request.url}`);
    headers.push(request.headers);
    if (state.refusals-- > 0) {
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      return;
    }
    const onward = connect(Number(request.url!.split(':')[1]), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(onward).pipe(socket);
    });
    onward.on('error', () => socket.destroy());
    socket.on('error', () => onward.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return state;
}
