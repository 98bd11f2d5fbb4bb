import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { freePort } from '../../demo/free-port.js';
import { LokiReceiver } from '../../demo/loki/receiver.js';
import { startAgent } from '../support/agent-process.js';
import { tempDir } from '../support/temp-dir.js';
import { readText } from './read-example.js';

it.each(['syslog', 'push-gateway', 'gelf', 'heroku-drain', 'gcplog'])(
  '%s.yaml is a config the agent takes',
  (name) => {
    const flags = [`-config.file=examples/${name}.yaml`, '-config.expand-env=true', '-check-syntax'];
    const output = execFileSync(process.execPath, ['dist/auditail.js', ...flags], { encoding: 'utf8' });
    expect(output).toBe('Valid config file! No syntax issues found\n');
  },
);

/** The example at work, with these ports on free ones. */
async function run(name: string, receiver: LokiReceiver, ports: readonly number[]): Promise<number[]> {
  const free = await Promise.all(ports.map(freePort));
  let text = readText(`${name}.yaml`)
    .replace(/^server:\n(?: {2}.*\n)+/m, '')
    .replace(/^positions:\n(?: {2}.*\n)+/m, '');
  for (const [index, port] of ports.entries()) text = text.replaceAll(`${port}`, `${free[index]}`);
  const env = { LOKI_URL: receiver.url, DATA_DIR: tempDir() };
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
