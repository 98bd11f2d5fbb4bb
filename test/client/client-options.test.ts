import { expect, it } from 'vitest';
import { anyClient } from '../../src/client/any-client.js';
import { checkClients } from '../../src/client/client-name.js';
import { lokiOptions } from '../../src/client/loki.js';
import { printValue } from '../../src/fields/schema.js';
import { decodeClient } from './client-under-test.js';

const url = 'url: http://loki:3100/loki/api/v1/push\n';

it('has the defaults of Promtail, but for max_retries, which is not set', () => {
  expect(decodeClient(url)).toMatchObject({
    batchwait: 1000,
    batchsize: 1048576,
    timeout: 10_000,
    tenant_id: '',
    backoff_config: { min_period: 500, max_period: 300_000, max_retries: undefined },
    follow_redirects: true,
    drop_rate_limited_batches: false,
  });
});

it.each([
  ['http://loki:80/push', 'loki:80'],
  ['https://me:pw@loki.example/push', 'loki.example'],
  ['http://[::1]:3100/push', '[::1]:3100'],
])('labels metrics of %s with %s', (written, host) => {
  expect(decodeClient(`url: ${written}\n`)).toMatchObject({ url: { host } });
});

it.each([
  ['no URL', 'name: a', "'url' is required"],
  ['no address', 'url: loki', 'expected a URL such as'],
  ['another scheme', 'url: ftp://loki/push', 'expected a URL such as'],
  ['an unknown key', `${url}batch_wait: 1s`, "unknown key 'batch_wait', did you mean 'batchwait'?"],
  [
    'two bearer tokens',
    `${url}bearer_token: a\nbearer_token_file: b`,
    'at most one of bearer_token & bearer_token_file must be configured',
  ],
  [
    'basic auth and a bearer token',
    `${url}bearer_token: a\nbasic_auth: {username: b}`,
    'at most one of basic_auth, oauth2, bearer_token & bearer_token_file must be configured',
  ],
  [
    'two passwords',
    `${url}basic_auth: {username: a, password: b, password_file: c}`,
    'at most one of basic_auth password, password_file & password_ref must be configured',
  ],
  [
    'two user names',
    `${url}basic_auth: {username: a, username_file: c}`,
    'at most one of basic_auth username, username_file & username_ref must be configured',
  ],
  [
    'authorization and a bearer token',
    `${url}bearer_token: a\nauthorization: {credentials: b}`,
    'authorization is not compatible with bearer_token & bearer_token_file',
  ],
  [
    'basic authorization',
    `${url}authorization: {type: Basic}`,
    'authorization type cannot be set to "basic"',
  ],
  [
    'two kinds of authorization',
    `${url}authorization: {credentials: a}\nbasic_auth: {username: b}`,
    'at most one of basic_auth, oauth2 & authorization must be configured',
  ],
  ['a secret manager', `${url}basic_auth: {password_ref: a}`, 'not supported'],
  [
    'oauth2 without a client',
    `${url}oauth2: {token_url: 'http://a/b'}`,
    'oauth2 client_id must be configured',
  ],
  ['oauth2 without an address', `${url}oauth2: {client_id: a}`, 'oauth2 token_url must be configured'],
  [
    'two CAs',
    `${url}tls_config: {ca: a, ca_file: b}`,
    'at most one of ca, ca_file & ca_ref must be configured',
  ],
  [
    'a certificate without its key',
    `${url}tls_config: {cert_file: a}`,
    'exactly one of key or key_file must be configured',
  ],
  [
    'a key without its certificate',
    `${url}tls_config: {key_file: a}`,
    'exactly one of cert or cert_file must be configured',
  ],
  [
    'TLS versions the wrong way round',
    `${url}tls_config: {min_version: TLS13, max_version: TLS12}`,
    'tls_config.max_version must be greater',
  ],
  ['an unknown TLS version', `${url}tls_config: {min_version: TLS14}`, 'expected one of TLS10'],
  [
    'no_proxy without a proxy',
    `${url}no_proxy: a`,
    'if no_proxy is configured, proxy_url must also be configured',
  ],
  ['a SOCKS proxy', `${url}proxy_url: socks5://a:1`, 'a SOCKS proxy is not supported'],
  [
    'two proxies',
    `${url}proxy_url: http://p:1\nproxy_from_environment: true`,
    'if proxy_from_environment is configured, proxy_url must not be configured',
  ],
  [
    'a proxy header without a proxy',
    `${url}proxy_connect_header: {a: [b]}`,
    'if proxy_connect_header is configured',
  ],
  [
    'a reserved header',
    `${url}http_headers: {authorization: {values: [a]}}`,
    'setting header "authorization" is not allowed',
  ],
  ['a header name that is none', `${url}headers: {"a b": c}`, 'not a valid header name'],
  [
    'a header value that starts another header',
    `${url}headers: {a: "b\\nc: d"}`,
    'a header value cannot hold control characters',
  ],
])('refuses %s', (_, yaml, message) => {
  expect(() => decodeClient(yaml)).toThrow(message);
});

it('prints the keys in the order of Promtail, without secrets', () => {
  const options = decodeClient(
    `${url.replace('//', '//me:pw@')}bearer_token: secret\nproxy_url: http://a:b@proxy:3128\nexternal_labels: {b: 1}\n`,
  );
  const printed = JSON.parse(JSON.stringify(printValue(lokiOptions, options)));
  expect(Object.keys(printed)).toEqual([
    'url',
    'batchwait',
    'batchsize',
    'authorization',
    'follow_redirects',
    'enable_http2',
    'proxy_url',
    'backoff_config',
    'external_labels',
    'timeout',
    'tenant_id',
    'drop_rate_limited_batches',
  ]);
  expect(printed).toMatchObject({
    url: 'http://me:%2A%2A%2A%2A%2A%2A%2A%2A@loki:3100/loki/api/v1/push',
    batchwait: '1s',
    authorization: { type: 'Bearer', credentials: '<secret>' },
    proxy_url: 'http://a:xxxxx@proxy:3128',
    external_labels: { b: '1' },
  });
  expect(JSON.stringify(printed)).not.toMatch(/pw|"secret"/);
});

it.each([
  ['none', [], 'at least one client config must be provided'],
  ['the same name', [`${url}name: a`, `${url}name: a\ntenant_id: b`], 'found duplicate for name: a'],
  ['the same config', [url, url], 'duplicate client configs are not allowed'],
])('refuses to start with clients of %s', (_, yamls, message) => {
  expect(() => checkClients(yamls.map(decodeClient))).toThrow(message);
});

it('tells clients apart by anything, passwords too', () => {
  const clients = [
    url,
    `${url}tenant_id: a`,
    `${url}bearer_token: a`,
    `${url}bearer_token: b`,
    `${url}external_labels: {a: b}`,
  ];
  expect(() => checkClients(clients.map(decodeClient))).not.toThrow();
});

it('takes a client that sends nothing, and prints its type', () => {
  const options = decodeClient('type: none\nname: nowhere\n');
  expect(JSON.parse(JSON.stringify(printValue(anyClient, options)))).toEqual({
    type: 'none',
    name: 'nowhere',
  });
  expect(decodeClient(`type: loki\n${url}`)).toEqual(decodeClient(url));
});

it.each([
  [
    'a kind that there is not',
    `type: lokki\n${url}`,
    'type: expected one of loki, elasticsearch, splunk_hec, none',
  ],
  [
    'a URL where nothing is sent',
    `type: none\n${url}`,
    'url: not supported: a client of type none sends nothing',
  ],
])('refuses %s', (_, yaml, message) => {
  expect(() => decodeClient(yaml)).toThrow(message);
});
