import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { stringify } from 'yaml';
import { Authority } from '../../support/certificates.js';
import type { FakeKubernetes } from '../../support/fake-kubernetes.js';
import { recordedLog } from '../../support/recorded-log.js';
import { tempDir } from '../../support/temp-dir.js';
import type { Found } from '../found.js';
import { pod, startDiscovery, startKubernetes } from './start-discovery.js';

const wait = { timeout: 20_000, interval: 20 };
const authority = new Authority();
const base64 = (text: string) => Buffer.from(text).toString('base64');

async function foundPod(found: Found): Promise<void> {
  await vi.waitFor(() => expect(found.values('pod_name')).toEqual(['a']), wait);
}

async function startTls(options: { authorization?: string; ca?: string } = {}): Promise<FakeKubernetes> {
  const { authorization, ca } = options;
  const tls = { ...authority.issue(), ...(ca !== undefined && { ca }) };
  const server = await startKubernetes({ tls, ...(authorization !== undefined && { authorization }) });
  server.put('pods', pod('a'));
  return server;
}

describe('an API server that is named', () => {
  it.each([
    ['bearer_token', { bearer_token: 'secret' }, 'Bearer secret'],
    ['authorization', { authorization: { type: 'Token', credentials: 'secret' } }, 'Token secret'],
    ['basic_auth', { basic_auth: { username: 'me', password: 'pw' } }, `Basic ${base64('me:pw')}`],
  ])('is logged in to with %s, over TLS', async (_, login, authorization) => {
    const server = await startTls({ authorization });
    const item = { role: 'pod', api_server: server.url.href, tls_config: { ca: authority.cert }, ...login };
    const { found } = startDiscovery(JSON.stringify([item]));
    await foundPod(found);
  });

  it('is shown a client certificate', async () => {
    const server = await startTls({ ca: authority.cert });
    const { cert, key } = authority.issue({ hosts: [] });
    const item = { role: 'pod', api_server: server.url.href, tls_config: { ca: authority.cert, cert, key } };
    const { found } = startDiscovery(JSON.stringify([item]));
    await foundPod(found);
  });

  it('is not trusted when its certificate is of somebody else', async () => {
    const server = await startTls();
    const { log, lines } = recordedLog();
    const item = { role: 'pod', api_server: server.url.href, tls_config: { ca: new Authority().cert } };
    startDiscovery(JSON.stringify([item]), { log });
    await vi.waitFor(() => expect(JSON.stringify(lines)).toContain('cannot list'), wait);
    expect(server.requests).toEqual([]);
  });

  it('may have a path in front', async () => {
    const server = await startKubernetes();
    server.put('pods', pod('a'));
    server.rewrite = (path) => path.replace(/^\/k8s\/clusters\/c-1\//, '/');
    const { found } = startDiscovery(`[{role: pod, api_server: '${server.url.href}k8s/clusters/c-1'}]`);
    await foundPod(found);
    expect(server.requests[0]!.path).toBe('/k8s/clusters/c-1/api/v1/pods');
  });

  it('is told the headers that are configured', async () => {
    const server = await startKubernetes();
    server.put('pods', pod('a'));
    const item = { role: 'pod', api_server: server.url.href, http_headers: { 'X-Team': { values: ['a'] } } };
    const { found } = startDiscovery(JSON.stringify([item]));
    await foundPod(found);
    expect(server.requests[0]!.headers['x-team']).toBe('a');
    expect(server.requests[0]!.headers['user-agent']).toMatch(/^promtail\//);
  });
});

describe('the API server of the cluster', () => {
  function account(token: string): string {
    const directory = tempDir();
    writeFileSync(join(directory, 'ca.crt'), authority.cert);
    writeFileSync(join(directory, 'token'), `${token}\n`);
    writeFileSync(join(directory, 'namespace'), 'shop');
    return directory;
  }

  it('is found by the environment, and by a token that changes', async () => {
    const server = await startTls({ authorization: 'Bearer first' });
    const directory = account('first');
    const environment = {
      KUBERNETES_SERVICE_HOST: '127.0.0.1',
      KUBERNETES_SERVICE_PORT: String(server.port),
    };
    const { found } = startDiscovery('[{role: pod}]', { environment, account: directory });
    await foundPod(found);
    await vi.waitFor(() => expect(server.watchCount).toBe(1), wait);

    writeFileSync(join(directory, 'token'), 'second');
    server.authorization = 'Bearer second';
    server.finishWatches();
    server.put('pods', pod('b'));
    await vi.waitFor(() => expect(found.values('pod_name')).toEqual(['a', 'b']), wait);
  });

  it('is asked for the own namespace only', async () => {
    const server = await startTls();
    server.put('pods', { ...pod('x'), metadata: { name: 'x', namespace: 'other' } });
    const environment = {
      KUBERNETES_SERVICE_HOST: '127.0.0.1',
      KUBERNETES_SERVICE_PORT: String(server.port),
    };
    const yaml = '[{role: pod, namespaces: {own_namespace: true}}]';
    const { found } = startDiscovery(yaml, { environment, account: account('t') });
    await foundPod(found);
    expect(server.requests[0]!.path).toBe('/api/v1/namespaces/shop/pods');
    expect(() => startDiscovery(yaml, { environment, account: tempDir() })).toThrow(/own|namespace/);
  });

  it('is missed, and said to be, outside a cluster', async () => {
    const { log, lines } = recordedLog();
    startDiscovery('[{role: pod}]', { log });
    await vi.waitFor(() => expect(JSON.stringify(lines)).toContain('KUBERNETES_SERVICE_HOST'), wait);
  });

  it('may have an IPv6 address', async () => {
    const { log, lines } = recordedLog();
    const environment = { KUBERNETES_SERVICE_HOST: '::1', KUBERNETES_SERVICE_PORT: '1' };
    startDiscovery('[{role: pod}]', { environment, account: account('t'), log });
    await vi.waitFor(() => expect(JSON.stringify(lines)).toMatch(/::1|ECONNREFUSED|EADDRNOTAVAIL/), wait);
  });
});

describe('a kubeconfig', () => {
  function kubeconfig(server: FakeKubernetes, user: object, cluster: object = {}): string {
    const directory = tempDir();
    writeFileSync(join(directory, 'ca.crt'), authority.cert);
    const file = join(directory, 'kubeconfig');
    writeFileSync(
      file,
      stringify({
        apiVersion: 'v1',
        kind: 'Config',
        'current-context': 'here',
        preferences: {},
        contexts: [{ name: 'here', context: { cluster: 'c', user: 'u' } }],
        clusters: [
          { name: 'c', cluster: { server: server.url.href, 'certificate-authority': 'ca.crt', ...cluster } },
        ],
        users: [{ name: 'u', user }],
      }),
    );
    return file;
  }

  it.each([
    ['a token', { token: 'secret' }, 'Bearer secret'],
    ['a password', { username: 'me', password: 'pw' }, `Basic ${base64('me:pw')}`],
  ])('logs in with %s', async (_, user, authorization) => {
    const server = await startTls({ authorization });
    const file = kubeconfig(server, user);
    const { found } = startDiscovery(`[{role: pod, kubeconfig_file: '${file}'}]`);
    await foundPod(found);
  });

  it('logs in with a certificate that stands in it, as somebody else', async () => {
    const server = await startTls({ ca: authority.cert });
    const { cert, key } = authority.issue({ hosts: [] });
    const user = {
      'client-certificate-data': base64(cert),
      'client-key-data': base64(key),
      as: 'reader',
      'as-groups': ['a', 'b'],
    };
    const file = kubeconfig(server, user, { 'certificate-authority-data': base64(authority.cert) });
    const { found } = startDiscovery(`[{role: pod, kubeconfig_file: '${file}'}]`);
    await foundPod(found);
    const { headers } = server.requests[0]!;
    expect([headers['impersonate-user'], headers['impersonate-group']]).toEqual(['reader', 'a, b']);
  });

  it('is read again when it changes', async () => {
    const server = await startTls({ authorization: 'Bearer new' });
    const file = kubeconfig(server, { token: 'old' });
    const { found } = startDiscovery(`[{role: pod, kubeconfig_file: '${file}'}]`);
    await vi.waitFor(() => expect(server.requests.length).toBeGreaterThan(0), wait);
    writeFileSync(file, readFileSync(file, 'utf8').replace('old', 'new'));
    await foundPod(found);
  });

  it('runs a program for a token, until the server no longer takes it', async () => {
    const server = await startTls({ authorization: 'Bearer token-1' });
    const directory = tempDir();
    const bin = join(directory, 'bin');
    mkdirSync(bin);
    const program = join(bin, 'login');
    // Counts its runs; the token says which it is of, and what the program was told.
    writeFileSync(
      program,
      `#!/bin/sh
runs=$(($(cat ${directory}/runs 2>/dev/null || echo 0) + 1))
echo $runs > ${directory}/runs
echo "$KUBERNETES_EXEC_INFO" > ${directory}/info
echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"'$1-$runs'"}}'
`,
    );
    chmodSync(program, 0o755);
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: 'login',
      args: ['token'],
      env: [{ name: 'PATH', value: `${bin}:/usr/bin:/bin` }],
      interactiveMode: 'IfAvailable',
      provideClusterInfo: true,
    };
    const file = kubeconfig(server, { exec });
    const { found } = startDiscovery(`[{role: pod, kubeconfig_file: '${file}'}]`);
    await foundPod(found);
    await vi.waitFor(() => expect(server.watchCount).toBe(1), wait);
    expect(readFileSync(join(directory, 'runs'), 'utf8')).toBe('1\n');
    expect(JSON.parse(readFileSync(join(directory, 'info'), 'utf8'))).toMatchObject({
      kind: 'ExecCredential',
      spec: { interactive: false, cluster: { server: server.url.href } },
    });

    server.authorization = 'Bearer token-2';
    server.finishWatches();
    server.put('pods', pod('b'));
    await vi.waitFor(() => expect(found.values('pod_name')).toEqual(['a', 'b']), wait);
  });

  it('runs a program for a certificate', async () => {
    const server = await startTls({ ca: authority.cert });
    const { cert, key } = authority.issue({ hosts: [] });
    const answer = {
      kind: 'ExecCredential',
      apiVersion: 'client.authentication.k8s.io/v1beta1',
      status: { clientCertificateData: cert, clientKeyData: key },
    };
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1beta1',
      command: process.execPath,
      args: ['-e', `process.stdout.write(${JSON.stringify(JSON.stringify(answer))})`],
    };
    const file = kubeconfig(server, { exec });
    const { found } = startDiscovery(`[{role: pod, kubeconfig_file: '${file}'}]`);
    await foundPod(found);
  });

  it.each([
    ['current-context: other', 'does not exist'],
    ['[not, a, map', 'kubeconfig'],
    [
      '{current-context: a, contexts: [{name: a, context: {cluster: c, user: u}}], clusters: [{name: c, cluster: {server: https://x}}], users: [{name: u, user: {auth-provider: {name: gcp}}}]}',
      'auth-provider is not supported',
    ],
  ])('says what is wrong with it: %s', async (text, message) => {
    const file = join(tempDir(), 'kubeconfig');
    writeFileSync(file, text);
    const { log, lines } = recordedLog();
    startDiscovery(`[{role: pod, kubeconfig_file: '${file}'}]`, { log });
    await vi.waitFor(() => expect(JSON.stringify(lines)).toContain(message), wait);
  });
});
