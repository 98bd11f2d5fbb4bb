import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { freePort } from '../../demo/free-port.js';
import { LokiReceiver } from '../../demo/loki/receiver.js';
import { startAgent } from '../support/agent-process.js';
import { Authority } from '../support/certificates.js';
import { tempDir } from '../support/temp-dir.js';
import { readExample, readText } from './read-example.js';

it.each(['syslog', 'push-gateway', 'gelf', 'heroku-drain', 'gcplog', 'kubernetes-audit-webhook'])(
  '%s.yaml is a config the agent takes',
  (name) => {
    const flags = [`-config.file=examples/${name}.yaml`, '-config.expand-env=true', '-check-syntax'];
    const output = execFileSync(process.execPath, ['dist/auditail.js', ...flags], { encoding: 'utf8' });
    expect(output).toBe('Valid config file! No syntax issues found\n');
  },
);

/** The example at work, with these ports on free ones. */
async function run(
  name: string,
  receiver: LokiReceiver,
  ports: readonly number[],
  more: Readonly<Record<string, string>> = {},
): Promise<number[]> {
  const free = await Promise.all(ports.map(freePort));
  let text = readText(`${name}.yaml`)
    .replace(/^server:\n(?: {2}.*\n)+/m, '')
    .replace(/^positions:\n(?: {2}.*\n)+/m, '');
  for (const [index, port] of ports.entries()) text = text.replaceAll(`${port}`, `${free[index]}`);
  const env = { LOKI_URL: receiver.url, DATA_DIR: tempDir(), ...more };
  const agent = await startAgent(text, { flags: ['-config.expand-env=true'], env });
  await agent.ready();
  return free;
}

async function sendDatagram(port: number, text: string): Promise<void> {
  const socket = createSocket('udp4');
  await new Promise((resolve) => socket.send(text, port, '127.0.0.1', resolve));
  socket.close();
}

const labelsOf = (receiver: LokiReceiver) => receiver.streams().map(({ labels }) => labels);

it('syslog.yaml labels what it receives', { timeout: 30_000 }, async () => {
  await using receiver = await LokiReceiver.start();
  const [tcp, udp] = (await run('syslog', receiver, [1514, 1515])) as [number, number];
  connect(tcp, '127.0.0.1').end('<34>1 2023-10-11T22:14:15Z web nginx - - - hello\n');
  await sendDatagram(udp, '<187>Oct 11 22:14:15 switch1 link: down');
  await receiver.lines(2);
  expect(labelsOf(receiver)).toEqual(
    expect.arrayContaining([
      { job: 'syslog', host: 'web', app: 'nginx', severity: 'critical' },
      { job: 'syslog-devices', host: 'switch1', app: 'link', severity: 'error' },
    ]),
  );
});

it('gelf.yaml labels what it receives', { timeout: 30_000 }, async () => {
  await using receiver = await LokiReceiver.start();
  const [udp] = (await run('gelf', receiver, [12201])) as [number];
  const message = { version: '1.1', host: 'h', short_message: 's', level: 4, _container_name: 'c' };
  await sendDatagram(udp, JSON.stringify(message));
  await receiver.lines(1);
  expect(labelsOf(receiver)).toEqual([{ job: 'gelf', host: 'h', level: 'warning', container: 'c' }]);
});

it('push-gateway.yaml hands on what is pushed', { timeout: 30_000 }, async () => {
  await using receiver = await LokiReceiver.start();
  const [http] = (await run('push-gateway', receiver, [3500])) as [number];
  const streams = [
    { stream: { app: 'a', pod_template_hash: 'x' }, values: [[`${Date.now()}000000`, 'pushed']] },
  ];
  const response = await fetch(`http://127.0.0.1:${http}/loki/api/v1/push`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ streams }),
  });
  expect(response.status).toBe(204);
  await receiver.lines(1);
  expect(labelsOf(receiver)).toEqual([{ app: 'a', gateway: expect.any(String) }]);
});

it('kubernetes-audit-webhook.yaml takes what an API server posts as audit-webhook.kubeconfig says', {
  timeout: 30_000,
}, async () => {
  await using receiver = await LokiReceiver.start();
  const authority = new Authority();
  const { cert, key } = authority.issue();
  const dir = tempDir();
  for (const [name, text] of Object.entries({ 'tls.crt': cert, 'tls.key': key, token: 'secret\n' }))
    writeFileSync(join(dir, name), text);
  const [port] = (await run('kubernetes-audit-webhook', receiver, [8443], { TLS_DIR: dir })) as [number];
  const [kubeconfig] = readExample('kubeadm/audit-webhook.kubeconfig') as [
    { clusters: { cluster: { server: string } }[] },
  ];
  const { pathname: path } = new URL(kubeconfig.clusters[0]!.cluster.server);
  const body = readFileSync('test/targets/kubernetes-audit-webhook/posted.json');
  const status = await new Promise((resolve, reject) => {
    const headers = { authorization: 'Bearer secret', 'content-type': 'application/json' };
    const options = { host: '127.0.0.1', port, path, method: 'POST', headers, ca: authority.cert };
    request(options, (response) => resolve(response.resume().statusCode))
      .on('error', reject)
      .end(body);
  });
  expect(status).toBe(200);
  const lines = readFileSync('test/fixtures/audit-events.jsonl', 'utf8').trimEnd().split('\n');
  const idOf = (line: string) => (JSON.parse(line) as { auditID: string }).auditID;
  const received = await receiver.lines(lines.length);
  expect(received.map(idOf).sort()).toEqual(lines.map(idOf).sort());
  expect(labelsOf(receiver)).toContainEqual(
    expect.objectContaining({ instance: 'cp-1', job: 'kube-audit', verb: 'list', code: '403' }),
  );
});
