import { createVerify, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { tempDir } from '../support/temp-dir.js';
import { Source, startClient } from './client-under-test.js';
import { startReceiver } from './start-receiver.js';

const client_id = 'my id';
const client_secret = 'a:b';

it('fetches a token once and uses it as long as it lasts', async () => {
  const [loki, tokens] = [await startReceiver(), await startTokenServer()];
  const oauth2 = {
    client_id,
    client_secret,
    token_url: tokens.url,
    scopes: ['logs:write', 'x'],
    endpoint_params: { audience: 'loki' },
  };
  const { client } = await startClient({ url: loki.pushUrl, oauth2 });
  const source = new Source();
  client.push(source.entries('a'));
  await source.settles(1);
  client.push(source.entries('b'));
  await source.settles(2);
  expect(tokens.requests).toEqual([
    {
      authorization: `Basic ${Buffer.from('my+id:a%3Ab').toString('base64')}`,
      form: { grant_type: 'client_credentials', scope: 'logs:write x', audience: 'loki' },
    },
  ]);
  expect(loki.requests.map(({ headers }) => headers.authorization)).toEqual([
    'Bearer token-1',
    'Bearer token-1',
  ]);
});

it('fetches another when it is about to end', async () => {
  const [loki, tokens] = [await startReceiver(), await startTokenServer()];
  tokens.expiresIn = 9;
  const oauth2 = { client_id, client_secret, token_url: tokens.url };
  const { client } = await startClient({ url: loki.pushUrl, oauth2 });
  const source = new Source();
  client.push(source.entries('a'));
  await source.settles(1);
  client.push(source.entries('b'));
  await source.settles(2);
  expect(loki.requests.map(({ headers }) => headers.authorization)).toEqual([
    'Bearer token-1',
    'Bearer token-2',
  ]);
});

it('fetches another when Loki refuses it, or the secret has changed', async () => {
  const [loki, tokens] = [await startReceiver(), await startTokenServer()];
  loki.answer({ kind: 'status', status: 401 });
  const client_secret_file = join(tempDir(), 'secret');
  writeFileSync(client_secret_file, 'old\n');
  const oauth2 = { client_id, client_secret_file, token_url: tokens.url };
  const { client } = await startClient({ url: loki.pushUrl, oauth2 });
  const source = new Source();
  client.push(source.entries('a'));
  await source.settles(1);
  writeFileSync(client_secret_file, 'new\n');
  client.push(source.entries('b'));
  await source.settles(2);
  expect(loki.requests.map(({ headers }) => headers.authorization)).toEqual([
    'Bearer token-1',
    'Bearer token-2',
    'Bearer token-3',
  ]);
  expect(tokens.requests.at(-1)!.authorization).toBe(`Basic ${Buffer.from('my+id:new').toString('base64')}`);
});

it('puts id and secret into the form for a server that wants them there', async () => {
  const [loki, tokens] = [await startReceiver(), await startTokenServer()];
  tokens.wantsForm = true;
  tokens.expiresIn = 1;
  const oauth2 = { client_id, client_secret, token_url: tokens.url };
  const { client } = await startClient({ url: loki.pushUrl, oauth2 });
  const source = new Source();
  client.push(source.entries('a'));
  await source.settles(1);
  client.push(source.entries('b'));
  await source.settles(2);
  // It is found out once.
  expect(
    tokens.requests.map(({ authorization, form }) => [authorization !== undefined, form.client_id]),
  ).toEqual([
    [true, undefined],
    [false, client_id],
    [false, client_id],
  ]);
});

it('tries again when there is no token to be had', async () => {
  const [loki, tokens] = [await startReceiver(), await startTokenServer()];
  tokens.failures = 4;
  const oauth2 = { client_id, client_secret, token_url: tokens.url };
  const { client, logged } = await startClient({ url: loki.pushUrl, oauth2 });
  const source = new Source();
  client.push(source.entries('a'));
  await source.settles(1);
  expect(logged[0]).toMatchObject({
    status: -1,
    error: expect.stringContaining('oauth2: cannot fetch token: invalid_client: go away'),
  });
  expect(loki.requests).toHaveLength(1);
});

it('shows a signed assertion where the grant type says so', async () => {
  const [loki, tokens] = [await startReceiver(), await startTokenServer()];
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const oauth2 = {
    client_id,
    token_url: tokens.url,
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    client_certificate_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    client_certificate_key_id: 'key 1',
    signature_algorithm: 'RS384',
    claims: { role: 'agent', levels: [1, true] },
    scopes: ['logs'],
  };
  const { client } = await startClient({ url: loki.pushUrl, oauth2 });
  const source = new Source();
  client.push(source.entries('a'));
  await source.settles(1);
  const [{ authorization, form }] = tokens.requests as [TokenRequest];
  expect(authorization).toBeUndefined();
  expect(form).toMatchObject({ grant_type: oauth2.grant_type, scope: 'logs' });
  const [header, claims, signature] = form.assertion!.split('.') as [string, string, string];
  expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({
    alg: 'RS384',
    kid: 'key 1',
    typ: 'JWT',
  });
  expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({
    iss: client_id,
    sub: client_id,
    aud: tokens.url,
    scope: 'logs',
    role: 'agent',
    levels: [1, true],
  });
  expect(
    createVerify('RSA-SHA384').update(`${header}.${claims}`).verify(publicKey, signature, 'base64url'),
  ).toBe(true);
});

interface TokenRequest {
  authorization: string | undefined;
  form: Record<string, string>;
}

async function startTokenServer() {
  const state = { url: '', requests: [] as TokenRequest[], expiresIn: 3600, wantsForm: false, failures: 0 };
  let issued = 0;
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const form = Object.fromEntries(new URLSearchParams(body));
    state.requests.push({ authorization: request.headers.authorization, form });
    const isRefused = state.failures-- > 0 || (state.wantsForm && form.client_id === undefined);
    response.writeHead(isRefused ? 401 : 200, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify(
        isRefused
          ? { error: 'invalid_client', error_description: 'go away' }
          : { access_token: `token-${++issued}`, token_type: 'bearer', expires_in: state.expiresIn },
      ),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`;
  return state;
}
