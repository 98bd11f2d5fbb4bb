import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { tempDir } from '../support/temp-dir.js';
import { Source, startClient } from './client-under-test.js';
import { startReceiver } from './start-receiver.js';

/** The headers of one push with this config. */
async function headersOf(config: object): Promise<Record<string, unknown>> {
  const loki = await startReceiver();
  const { client } = await startClient({ url: loki.pushUrl, ...config });
  client.push(new Source().entries('a'));
  await loki.lines(1);
  return loki.requests[0]!.headers;
}

it('sends the headers that Promtail sends', async () => {
  const { host, 'content-length': length, connection, ...rest } = await headersOf({ tenant_id: 'me' });
  expect(rest).toEqual({
    'content-type': 'application/x-protobuf',
    'user-agent': 'promtail/3.6 auditail/0.0.0-test',
    'x-scope-orgid': 'me',
  });
  expect(host).toMatch(/^127\.0\.0\.1:\d+$/);
  expect(Number(length)).toBeGreaterThan(0);
  expect(connection).toBe('keep-alive');
});

it('sends no tenant when there is none', async () => {
  expect(await headersOf({})).not.toHaveProperty('x-scope-orgid');
});

it('adds headers, but none that is set already or belongs to the connection', async () => {
  const loki = await startReceiver();
  const { client, logged } = await startClient({
    url: loki.pushUrl,
    tenant_id: 'me',
    headers: {
      'X-Extra': 'é',
      'user-agent': 'mine',
      'x-scope-orgid': 'you',
      Host: 'elsewhere',
      'Transfer-Encoding': 'chunked',
    },
  });
  const source = new Source();
  client.push(source.entries('a'));
  await source.settles(1);
  client.push(source.entries('b'));
  await source.settles(2);
  expect(loki.requests[0]!.headers).toMatchObject({
    'x-extra': Buffer.from('é').toString('latin1'),
    'user-agent': 'promtail/3.6 auditail/0.0.0-test',
    'x-scope-orgid': 'me',
    host: new URL(loki.url).host,
  });
  expect(logged.map(({ key }) => key)).toEqual(['user-agent', 'x-scope-orgid', 'Host', 'Transfer-Encoding']);
});

it('lets a header give the tenant', async () => {
  expect(await headersOf({ headers: { 'X-Scope-OrgID': 'you' } })).toHaveProperty('x-scope-orgid', 'you');
});

it('adds http_headers, with secrets and files', async () => {
  const file = join(tempDir(), 'token');
  writeFileSync(file, ' from a file \n');
  const headers = await headersOf({
    http_headers: { 'X-Many': { values: ['1', '2'], secrets: ['3'] }, 'X-File': { files: [file] } },
  });
  expect(headers).toMatchObject({ 'x-many': '1, 2, 3', 'x-file': 'from a file' });
});

it.each([
  ['basic_auth', { basic_auth: { username: 'me', password: 'sécret:' } }, basic('me', 'sécret:')],
  ['basic_auth without a password', { basic_auth: { username: 'me' } }, basic('me', '')],
  ['authorization', { authorization: { credentials: 'abc' } }, 'Bearer abc'],
  [
    'authorization of another type',
    { authorization: { type: 'GenieKey', credentials: 'abc' } },
    'GenieKey abc',
  ],
  ['bearer_token', { bearer_token: 'abc' }, 'Bearer abc'],
  ['a header, before anything else', { headers: { authorization: 'Own abc' }, bearer_token: 'x' }, 'Own abc'],
])('authorizes by %s', async (_, config, expected) => {
  expect((await headersOf(config)).authorization).toBe(expected);
});

it('authorizes by the user in the URL', async () => {
  const loki = await startReceiver();
  const { client } = await startClient({ url: loki.pushUrl.replace('//', '//me:p%40ss@') });
  client.push(new Source().entries('a'));
  await loki.lines(1);
  expect(loki.requests[0]!.headers.authorization).toBe(basic('me', 'p@ss'));
});

it.each([
  [
    'basic_auth',
    (file: string) => ({ basic_auth: { username_file: file, password_file: file } }),
    (text: string) => basic(text, text),
  ],
  [
    'authorization',
    (file: string) => ({ authorization: { credentials_file: file } }),
    (text: string) => `Bearer ${text}`,
  ],
  ['bearer_token', (file: string) => ({ bearer_token_file: file }), (text: string) => `Bearer ${text}`],
])('reads the file of %s at each push', async (_, config, expected) => {
  const file = join(tempDir(), 'secret');
  writeFileSync(file, 'one\n');
  const loki = await startReceiver();
  const { client } = await startClient({ url: loki.pushUrl, ...config(file) });
  const source = new Source();
  client.push(source.entries('a'));
  await source.settles(1);
  writeFileSync(file, 'two\n');
  client.push(source.entries('b'));
  await source.settles(2);
  expect(loki.requests.map(({ headers }) => headers.authorization)).toEqual([
    expected('one'),
    expected('two'),
  ]);
});

it('waits for a file that cannot be read', async () => {
  const file = join(tempDir(), 'secret');
  const loki = await startReceiver();
  const { client, logged, metric } = await startClient({ url: loki.pushUrl, bearer_token_file: file });
  const source = new Source();
  client.push(source.entries('a'));
  while (((await metric('promtail_batch_retries_total')) ?? 0) < 2) await new Promise(setImmediate);
  expect(logged[0]!.error).toContain('unable to read authorization credentials: ENOENT');
  writeFileSync(file, 'late');
  await source.settles(1);
  expect(loki.requests).toHaveLength(1);
});

it.each([307, 308])('repeats the push where %i redirects it to', async (status) => {
  const loki = await startReceiver();
  loki.answer(
    { kind: 'status', status, headers: { location: '/api/prom/push' } },
    { kind: 'status', status, headers: { location: loki.pushUrl } },
  );
  const { client } = await startClient({ url: loki.pushUrl, bearer_token: 'abc' });
  const source = new Source();
  client.push(source.entries('a'));
  await source.settles(1);
  expect(loki.requests.map(({ path, headers }) => [path, headers.authorization])).toEqual([
    ['/loki/api/v1/push', 'Bearer abc'],
    ['/api/prom/push', 'Bearer abc'],
    ['/loki/api/v1/push', 'Bearer abc'],
  ]);
});

it('keeps its credentials to itself when it is redirected to another host', async () => {
  const [loki, other] = [await startReceiver(), await startReceiver()];
  const elsewhere = other.pushUrl.replace('127.0.0.1', 'localhost');
  loki.answer({ kind: 'status', status: 307, headers: { location: elsewhere } });
  const { client } = await startClient({ url: loki.pushUrl, bearer_token: 'abc', tenant_id: 'me' });
  client.push(new Source().entries('a'));
  await other.lines(1);
  expect(other.requests[0]!.headers.authorization).toBeUndefined();
});

it.each([301, 302, 303])('does not take %i for success', async (status) => {
  const loki = await startReceiver();
  loki.answer({ kind: 'status', status, headers: { location: '/ready' } });
  const { client, logged } = await startClient({ url: loki.pushUrl });
  const source = new Source();
  client.push(source.entries('a'));
  await source.settles(1);
  expect(loki.requests).toHaveLength(2);
  expect(logged[0]!.error).toMatch(
    new RegExp(`status ${status} .* a push cannot follow it to /ready; set the url`),
  );
});

it('follows no redirect where the config says so', async () => {
  const loki = await startReceiver();
  loki.answer({ kind: 'status', status: 307, headers: { location: '/api/prom/push' } });
  const { client, logged } = await startClient({ url: loki.pushUrl, follow_redirects: false });
  const source = new Source();
  client.push(source.entries('a'));
  await source.settles(1);
  expect(loki.requests.map(({ path }) => path)).toEqual(['/loki/api/v1/push', '/loki/api/v1/push']);
  expect(logged[0]).toMatchObject({ status: 307 });
});

it('gives up on a ring of redirects', async () => {
  const loki = await startReceiver();
  let redirects = 0;
  loki.answerWith(({ path }) =>
    redirects++ < 11 ? { kind: 'status', status: 307, headers: { location: path } } : undefined,
  );
  const { client, logged } = await startClient({ url: loki.pushUrl });
  const source = new Source();
  client.push(source.entries('a'));
  await source.settles(1);
  expect(logged).toHaveLength(1);
  expect(logged[0]).toMatchObject({ status: 307 });
});

it('tells the first line of an answer, up to 1024 bytes', async () => {
  const loki = await startReceiver();
  loki.answer({ kind: 'status', status: 500, body: `${'x'.repeat(5000)}\nmore` });
  const { client, logged } = await startClient({ url: loki.pushUrl });
  const source = new Source();
  client.push(source.entries('a'));
  await source.settles(1);
  expect(logged[0]!.error).toBe(
    `server returned HTTP status 500 Internal Server Error (500): ${'x'.repeat(1024)}`,
  );
});

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}
