import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { parseConfigText } from '../../src/fields/node.js';
import { Problems } from '../../src/fields/problems.js';
import { type Handler, Listener } from '../../src/http/listener.js';
import { listenerSchema } from '../../src/http/listener-schema.js';
import { RequestMetrics } from '../../src/metrics/request-metrics.js';
import { Authority } from '../support/certificates.js';
import { recordedLog } from '../support/recorded-log.js';
import { tempDir } from '../support/temp-dir.js';

const hello: Handler = (_, response) => {
  response.end('hello');
};

async function open(config: Record<string, unknown>, handler: Handler = hello) {
  const problems = new Problems('');
  const yaml = JSON.stringify({ http_listen_address: '127.0.0.1', ...config });
  const decoded = listenerSchema.decode(parseConfigText(yaml, problems), problems);
  problems.throwIfAny();
  const { log, lines } = recordedLog();
  const registry = new Registry();
  const metrics = new RequestMetrics(registry);
  const listener = await Listener.open(decoded, new Map([['/', handler]]), { log, metrics });
  onTestFinished(() => listener.close());
  return { listener, lines, registry, url: `http://${listener.address}` };
}

/** A connection, once it is there. */
async function connected(port: number): Promise<{ socket: Socket; closed: Promise<unknown> }> {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => {});
  await once(socket, 'connect');
  return { socket, closed: once(socket.resume(), 'close') };
}

/** Answers with the status and body, or rejects as the connection does. */
function ask(
  options: RequestOptions,
  request: typeof httpRequest | typeof httpsRequest = httpsRequest,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request({ agent: false, ...options }, async (response: IncomingMessage) => {
      resolve(`${response.statusCode} ${Buffer.concat(await response.toArray())}`);
    });
    asked.on('error', reject).end();
  });
}

describe('listening', () => {
  it('happens on a socket file', async () => {
    const folder = tempDir();
    await open({
      http_listen_network: 'unix',
      http_listen_address: join(folder, 'agent'),
      http_listen_port: 1,
    });
    expect(await ask({ socketPath: join(folder, 'agent:1'), path: '/' }, httpRequest)).toBe('200 hello');
  });

  it('fails when the port is taken', async () => {
    const { listener } = await open({});
    await expect(open({ http_listen_port: listener.port })).rejects.toThrow('EADDRINUSE');
  });

  it('turns away connections over the limit', async () => {
    const { listener } = await open({ http_listen_conn_limit: 1 });
    const first = connect(listener.port, '127.0.0.1');
    await new Promise((resolve) => first.once('connect', resolve));
    await expect(ask({ port: listener.port, host: '127.0.0.1' }, httpRequest)).rejects.toThrow();
    first.destroy();
    await vi.waitFor(async () =>
      expect(await ask({ port: listener.port, host: '127.0.0.1' }, httpRequest)).toBe('200 hello'),
    );
  });

  it('ends with the requests that are running, or when the time for that is up', async () => {
    const arrived = Promise.withResolvers<void>();
    const { listener, url } = await open(
      { graceful_shutdown_timeout: '50ms', http_server_write_timeout: 0 },
      () => arrived.resolve(),
    );
    const hanging = fetch(url).catch((error: Error) => error);
    await arrived.promise;
    await listener.close();
    expect(await hanging).toBeInstanceOf(Error);
  }, 5000);

  it.each(['with TLS', 'without'])(
    'does not wait for connections on which nothing was asked: %s',
    async (tls) => {
      const { cert, key } = new Authority().issue();
      const { listener } = await open(tls === 'with TLS' ? { http_tls_config: { cert, key } } : {});
      const { socket, closed } = await connected(listener.port);
      if (tls !== 'with TLS') socket.write('GET / HT');
      await listener.close();
      await closed;
    },
    5000,
  );

  it('waits for the rest of a body, but not for long', async () => {
    const arrived = Promise.withResolvers<void>();
    const { listener } = await open({}, async (request) => {
      arrived.resolve();
      await request.toArray().catch(() => {});
    });
    const { socket, closed } = await connected(listener.port);
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf');
    await arrived.promise;
    await listener.close();
    await closed;
  }, 10_000);
});

describe('requests', () => {
  it('are logged at debug, with where they come from and their headers when so configured', async () => {
    const { url, lines } = await open({
      log_source_ips_enabled: true,
      log_request_headers: true,
      log_request_exclude_headers_list: 'X-Hidden',
    });
    const headers = {
      'x-forwarded-for': '10.0.0.1:80, 10.0.0.2',
      authorization: 'secret',
      'x-hidden': 'a',
      'x-shown': 'b',
    };
    await fetch(`${url}/?a=b`, { headers });
    await vi.waitFor(() => expect(lines).toHaveLength(1));
    expect(lines[0]).toMatchObject({ level: 20, sourceIPs: '10.0.0.1, 127.0.0.1' });
    expect(lines[0]!.msg).toMatch(/^GET \/\?a=b \(200\) \S+$/);
    expect(lines[0]!.headers).toContain('x-shown: b');
    expect(lines[0]!.headers).not.toMatch(/secret|x-hidden/);
  });

  it.each([
    [
      { log_source_ips_full: true },
      { 'x-forwarded-for': '10.0.0.1, 10.0.0.2' },
      '10.0.0.1, 10.0.0.2, 127.0.0.1',
    ],
    [{}, { forwarded: 'for="[2001:db8::1]:99";proto=http, for=10.0.0.2' }, '2001:db8::1, 127.0.0.1'],
    [{}, { 'x-real-ip': '10.0.0.3' }, '10.0.0.3, 127.0.0.1'],
    [{}, {}, '127.0.0.1'],
    [
      { log_source_ips_header: 'X-From', log_source_ips_regex: 'ip=(\\S+)' },
      { 'x-from': 'ip=10.0.0.4 x' },
      '10.0.0.4, 127.0.0.1',
    ],
  ])('come from what %j finds in %j', async (config, headers, source) => {
    const { url, lines } = await open({
      log_source_ips_enabled: true,
      log_request_at_info_level_enabled: true,
      ...config,
    });
    await fetch(url, { headers });
    await vi.waitFor(() => expect(lines[0]).toMatchObject({ level: 30, sourceIPs: source }));
  });

  it('answer 500 when the handler fails, which is logged', async () => {
    const { url, lines } = await open({}, () => {
      throw new Error('broken');
    });
    expect((await fetch(url)).status).toBe(500);
    await vi.waitFor(() => expect(lines.map(({ level }) => level)).toEqual([50, 40]));
  });

  it('may only take so long', async () => {
    const { url } = await open({ http_server_write_timeout: '20ms' }, () => {});
    await expect(fetch(url)).rejects.toThrow();
  });

  it('have to arrive in time', async () => {
    const { listener } = await open({ http_server_read_timeout: '20ms' });
    const socket = connect(listener.port, '127.0.0.1');
    await new Promise((resolve) => socket.once('close', resolve).resume());
  });

  it('have to arrive as a whole', async () => {
    const timeouts = { http_server_read_timeout: '20ms', http_server_write_timeout: 0 };
    const { listener } = await open(timeouts, () => {});
    const socket = connect(listener.port, '127.0.0.1');
    socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab');
    await new Promise((resolve) => socket.once('close', resolve).resume());
  }, 5000);

  it('that never come are logged when so configured', async () => {
    const { listener, lines } = await open({ http_log_closed_connections_without_response_enabled: true });
    connect(listener.port, '127.0.0.1').end();
    await vi.waitFor(() => expect(lines[0]).toMatchObject({ msg: 'connection closed without any response' }));
  });

  it('are counted', async () => {
    const { url, registry } = await open({ http_listen_conn_limit: 5 });
    await fetch(url, { method: 'POST', body: 'abc' });
    await fetch(`${url}/nowhere`);
    await vi.waitFor(async () => {
      const page = await registry.metrics();
      expect(page).toContain(
        'request_duration_seconds_count{method="POST",route="root",status_code="200",ws="false"} 1',
      );
      expect(page).toContain(
        'request_duration_seconds_count{method="GET",route="other",status_code="404",ws="false"} 1',
      );
      expect(page).toContain('request_message_bytes_sum{method="POST",route="root"} 3');
      expect(page).toContain('inflight_requests{method="POST",route="root"} 0');
      expect(page).toContain('tcp_connections_limit{protocol="http"} 5');
    });
  });
});

describe('TLS', () => {
  const authority = new Authority();
  const { cert, key } = authority.issue();
  const trusted = authority.issue({ hosts: [] });
  const stranger = new Authority('stranger').issue({ hosts: [] });

  it.each([
    ['NoClientCert', 'none', 'served'],
    ['RequestClientCert', 'stranger', 'served'],
    ['RequireAnyClientCert', 'none', 'refused'],
    ['RequireAnyClientCert', 'stranger', 'served'],
    ['VerifyClientCertIfGiven', 'none', 'served'],
    ['VerifyClientCertIfGiven', 'stranger', 'refused'],
    ['VerifyClientCertIfGiven', 'trusted', 'served'],
    ['RequireAndVerifyClientCert', 'none', 'refused'],
    ['RequireAndVerifyClientCert', 'stranger', 'refused'],
    ['RequireAndVerifyClientCert', 'trusted', 'served'],
  ] as const)('with %s and %s as client certificate: %s', async (client_auth_type, who, outcome) => {
    const asksForOne = client_auth_type !== 'NoClientCert';
    const { listener } = await open({
      http_tls_config: { cert, key, client_auth_type, client_ca: asksForOne ? authority.cert : '' },
    });
    const own = { none: {}, stranger, trusted }[who];
    const answer = ask({ host: '127.0.0.1', port: listener.port, ca: authority.cert, ...own });
    if (outcome === 'served') expect(await answer).toBe('200 hello');
    else await expect(answer).rejects.toThrow();
  });

  it('keeps to the lowest version', async () => {
    const { listener } = await open({ http_tls_config: { cert, key }, tls_min_version: 'VersionTLS13' });
    const options = { host: '127.0.0.1', port: listener.port, ca: authority.cert };
    await expect(ask({ ...options, maxVersion: 'TLSv1.2' })).rejects.toThrow();
    expect(await ask(options)).toBe('200 hello');
  });

  it('keeps to the chosen cipher suites', async () => {
    const suite = 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384';
    const { listener } = await open({ http_tls_config: { cert, key }, tls_cipher_suites: suite });
    const options = {
      host: '127.0.0.1',
      port: listener.port,
      ca: authority.cert,
      maxVersion: 'TLSv1.2',
    } as const;
    await expect(ask({ ...options, ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' })).rejects.toThrow();
    expect(await ask({ ...options, ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384' })).toBe('200 hello');
  });

  it('reads certificates from files, tells of one that is missing, and takes renewed ones', async () => {
    const folder = tempDir();
    const files = { cert_file: join(folder, 'cert'), key_file: join(folder, 'key') };
    await expect(open({ http_tls_config: files })).rejects.toThrow('ENOENT');
    await Promise.all([writeFile(files.cert_file, cert), writeFile(files.key_file, key)]);
    const { listener } = await open({ http_tls_config: files });
    expect(await ask({ host: '127.0.0.1', port: listener.port, ca: authority.cert })).toBe('200 hello');

    const next = new Authority('next');
    const renewed = next.issue();
    await Promise.all([writeFile(files.cert_file, renewed.cert), writeFile(files.key_file, renewed.key)]);
    const answer = () => ask({ host: '127.0.0.1', port: listener.port, ca: next.cert });
    await vi.waitFor(async () => expect(await answer()).toBe('200 hello'), {
      timeout: 10_000,
      interval: 100,
    });
  });
});
