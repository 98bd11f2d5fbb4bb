import { get } from 'node:https';
import { expect, it, onTestFinished } from 'vitest';
import { LokiReceiver } from '../../../demo/loki/receiver.js';
import { Authority, type Credentials } from '../../support/certificates.js';

it('speaks HTTPS, to those who trust its certificate', async () => {
  const authority = new Authority();
  const receiver = await startReceiver(authority.issue());
  expect(await ready(receiver, { ca: authority.cert })).toBe(200);
  await expect(ready(receiver, { ca: new Authority().cert })).rejects.toMatchObject({
    code: expect.stringMatching(/UNABLE_TO_VERIFY|CERT_SIGNATURE/),
  });
});

it('shows a certificate for another host, or one that is no longer good', async () => {
  const authority = new Authority();
  const elsewhere = await startReceiver(authority.issue({ hosts: ['loki.example.org'] }));
  await expect(ready(elsewhere, { ca: authority.cert })).rejects.toMatchObject({
    code: 'ERR_TLS_CERT_ALTNAME_INVALID',
  });
  const expired = await startReceiver(authority.issue({ expiresMs: Date.now() - 1000 }));
  await expect(ready(expired, { ca: authority.cert })).rejects.toMatchObject({ code: 'CERT_HAS_EXPIRED' });
});

it('asks for a certificate when told to', async () => {
  const authority = new Authority();
  const demanding = { requestCert: true, rejectUnauthorized: true, ca: authority.cert };
  const receiver = await startReceiver({ ...authority.issue(), ...demanding });
  const client = authority.issue({ name: 'agent', hosts: [] });
  expect(await ready(receiver, { ca: authority.cert, ...client })).toBe(200);
  await expect(ready(receiver, { ca: authority.cert })).rejects.toThrow();
});

async function startReceiver(tls: Credentials & object): Promise<LokiReceiver> {
  const receiver = await LokiReceiver.start({ tls });
  onTestFinished(() => receiver.stop());
  return receiver;
}

function ready(receiver: LokiReceiver, tls: { ca: string } & Partial<Credentials>): Promise<number> {
  return new Promise((resolve, reject) => {
    get(`${receiver.url}/ready`, { ...tls, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode!);
    }).on('error', reject);
  });
}
