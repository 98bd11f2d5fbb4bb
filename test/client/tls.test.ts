import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { until } from '../../demo/until.js';
import { Authority } from '../support/certificates.js';
import { tempDir } from '../support/temp-dir.js';
import { type ClientUnderTest, Source, startClient } from './client-under-test.js';
import { startReceiver } from './start-receiver.js';

const authority = new Authority();

it('pushes to a server whose certificate the CA of the config has signed', async () => {
  const loki = await startReceiver({ tls: authority.issue() });
  const { client } = await startClient({ url: loki.pushUrl, tls_config: { ca: authority.cert } });
  client.push(new Source().entries('a'));
  expect(await loki.lines(1)).toEqual(['a']);
});

it('does not push to a server that it has no reason to trust', async () => {
  const loki = await startReceiver({ tls: authority.issue() });
  const tested = await startClient({ url: loki.pushUrl });
  tested.client.push(new Source().entries('a'));
  expect(await firstError(tested)).toMatch(/certificate/);
  expect(loki.requests).toEqual([]);
});

it('pushes to any server where the config says so', async () => {
  const loki = await startReceiver({ tls: authority.issue({ hosts: ['elsewhere'] }) });
  const { client } = await startClient({ url: loki.pushUrl, tls_config: { insecure_skip_verify: true } });
  client.push(new Source().entries('a'));
  await loki.lines(1);
});

it('expects the server_name of the config', async () => {
  const loki = await startReceiver({ tls: authority.issue({ hosts: ['loki.internal'] }) });
  const tls_config = { ca: authority.cert };
  const wrong = await startClient({ url: loki.pushUrl, tls_config });
  wrong.client.push(new Source().entries('a'));
  expect(await firstError(wrong)).toContain('does not match certificate');
  const { client } = await startClient({
    url: loki.pushUrl,
    tls_config: { ...tls_config, server_name: 'loki.internal' },
  });
  client.push(new Source().entries('b'));
  expect(await loki.lines(1)).toEqual(['b']);
});

it('shows its own certificate, and another one as soon as the files hold another', async () => {
  const clients = new Authority('clients');
  const loki = await startReceiver({
    tls: { ...authority.issue(), ca: clients.cert, requestCert: true, rejectUnauthorized: true },
  });
  const dir = tempDir();
  const [cert_file, key_file] = [join(dir, 'cert'), join(dir, 'key')];
  const stranger = new Authority('strangers').issue({ hosts: [] });
  writeFileSync(cert_file, stranger.cert);
  writeFileSync(key_file, stranger.key);
  const tested = await startClient({
    url: loki.pushUrl,
    tls_config: { ca: authority.cert, cert_file, key_file },
  });
  const source = new Source();
  tested.client.push(source.entries('a'));
  await firstError(tested);
  expect(loki.requests).toEqual([]);

  const known = clients.issue({ hosts: [] });
  writeFileSync(cert_file, known.cert);
  writeFileSync(key_file, known.key);
  await source.settles(1);
  expect(loki.requests).toHaveLength(1);
});

it('trusts another CA as soon as the file holds another', async () => {
  const loki = await startReceiver({ tls: authority.issue() });
  const ca_file = join(tempDir(), 'ca');
  writeFileSync(ca_file, new Authority('old').cert);
  const tested = await startClient({ url: loki.pushUrl, tls_config: { ca_file } });
  const source = new Source();
  tested.client.push(source.entries('a'));
  await firstError(tested);
  writeFileSync(ca_file, authority.cert);
  await source.settles(1);
});

it('keeps to the TLS versions of the config', async () => {
  const loki = await startReceiver({ tls: { ...authority.issue(), maxVersion: 'TLSv1.2' } });
  const tls_config = { ca: authority.cert, min_version: 'TLS13' };
  const tested = await startClient({ url: loki.pushUrl, tls_config });
  tested.client.push(new Source().entries('a'));
  expect(await firstError(tested)).toMatch(/version/i);
  const { client } = await startClient({
    url: loki.pushUrl,
    tls_config: { ...tls_config, min_version: 'TLS12' },
  });
  client.push(new Source().entries('a'));
  await loki.lines(1);
});

it('speaks TLS from before 1.2 where the config says so', async () => {
  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' } as const;
  const loki = await startReceiver({ tls: { ...authority.issue(), ...old } });
  const { client } = await startClient({
    url: loki.pushUrl,
    tls_config: { ca: authority.cert, min_version: 'TLS10' },
  });
  client.push(new Source().entries('a'));
  await loki.lines(1);
});

const good = authority.issue();
it.each([
  ['a CA file that is not there', { ca_file: '/nowhere/ca.pem' }, 'unable to read CA cert: ENOENT'],
  ['a CA that is none', { ca: 'nonsense' }, 'unable to use specified CA cert'],
  ['a certificate that is none', { cert: 'nonsense', key: good.key }, 'client main (127.0.0.1:1): '],
  ['a key of another certificate', { cert: good.cert, key: authority.issue().key }, 'key values mismatch'],
])('refuses to start with %s', async (_, tls_config, message) => {
  await expect(startClient({ url: 'https://127.0.0.1:1/push', name: 'main', tls_config })).rejects.toThrow(
    message,
  );
});

/** What the first attempt that failed said. */
async function firstError({ logged }: ClientUnderTest): Promise<string> {
  const isFailure = ({ msg }: Record<string, unknown>) => msg === 'error sending batch, will retry';
  const failed = await until(() => logged.find(isFailure), { describe: () => 'a failed attempt' });
  return String(failed.error);
}
