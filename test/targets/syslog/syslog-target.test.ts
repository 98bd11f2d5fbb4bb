import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { expect, it, onTestFinished } from 'vitest';
import { type SyslogTarget, syslog } from '../../../src/targets/syslog/syslog-target.js';
import { Authority } from '../../support/certificates.js';
import { TargetRig } from '../../support/target-rig.js';
import { tempDir } from '../../support/temp-dir.js';

const rules = '[{action: labelmap, regex: __syslog_(.+)}]';

async function start(options = '', relabel = '[]') {
  const rig = new TargetRig();
  const target = (await rig.start(
    syslog,
    `listen_address: 127.0.0.1:0\n${options}`,
    relabel,
  )) as SyslogTarget;
  const sender = async () => {
    const socket = connect(target.port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    await once(socket, 'connect');
    return socket;
  };
  return { rig, target, sender };
}

async function sendUdp(port: number, ...datagrams: (string | Buffer)[]): Promise<void> {
  const socket = createSocket('udp4');
  for (const datagram of datagrams)
    await new Promise((resolve) => socket.send(datagram, port, '127.0.0.1', resolve));
  socket.close();
}

const closed = (socket: Socket) => once(socket.resume(), 'close');
const header = '<165>1 2023-10-11T22:14:15.003Z host app 123 ID47';

it('takes messages framed by newlines, with their labels and the time they came', async () => {
  const { rig, sender } = await start('labels: {job: syslog}\nlabel_structured_data: true', rules);
  const before = BigInt(Date.now()) * 1_000_000n;
  (await sender()).end(`${header} [ex@12 k="v"] first\nsecond line\n<34>1 - - - - - - last`);
  await rig.expectLines(['first\nsecond line', 'last']);
  const [first, last] = rig.sink.received;
  expect(first!.labels).toMatch(
    /^\{connection_hostname="[^"]*", connection_ip_address="127.0.0.1", job="syslog", message_app_name="app", message_facility="local4", message_hostname="host", message_msg_id="ID47", message_proc_id="123", message_sd_ex_12_k="v", message_severity="notice"\}$/,
  );
  expect(last!.labels).toMatch(/job="syslog", message_facility="auth", message_severity="critical"\}$/);
  expect(first!.time).toBeGreaterThanOrEqual(before);
  expect(await rig.metric('promtail_syslog_target_entries_total')).toEqual({ '': 2 });
});

it('takes messages with their length in front, in pieces of any size', async () => {
  const { rig, sender } = await start('use_incoming_timestamp: true');
  const messages = ['one', 'zwei ü', 'three\nlines'].map((text) => `${header} - ${text}`);
  const stream = Buffer.from(
    messages.map((message) => `${Buffer.byteLength(message)} ${message}`).join('\n'),
  );
  const socket = await sender();
  socket.setNoDelay(true);
  for (let at = 0; at < stream.length; at += 7) {
    socket.write(stream.subarray(at, at + 7));
    await sleep(0);
  }
  await rig.expectLines(['one', 'zwei ü', 'three\nlines']);
  expect(rig.sink.received[0]!.time).toBe(1_697_062_455_003_000_000n);
});

it('does not wait for another message to take the last one', async () => {
  const { rig, sender } = await start();
  const socket = await sender();
  socket.write('<34>1 - - - - - - alone\n');
  await rig.expectLines(['alone'], { timeout: 3000 });
  socket.write('<34>1 - - - - - - next\n');
  await rig.expectLines(['alone', 'next'], { timeout: 3000 });
});

it('puts messages of RFC 5424 together anew when told to', async () => {
  const { rig, sender } = await start('use_rfc5424_message: true');
  (await sender()).end('<34>1 2023-10-11T22:14:15.120000+00:00 h a - - [b x="1" a="ü\\]"][a] text\n');
  await rig.expectLines(['<34>1 2023-10-11T22:14:15.12Z h a - - [a][b a="ü\\]" x="1"] text']);
});

it('takes messages of RFC 3164, with a year that fits', async () => {
  const { rig, sender } = await start('syslog_format: rfc3164\nuse_incoming_timestamp: true', rules);
  const now = new Date();
  const month = now.toUTCString().slice(8, 11);
  const stamp = `${month} ${String(now.getUTCDate()).padStart(2)} ${now.toISOString().slice(11, 19)}`;
  (await sender()).end(`<34>${stamp} host su[7]: tab\there\n<34>2023-10-11T22:14:15.5+02:00 host su: iso\n`);
  await rig.expectLines(['tab\there', 'iso']);
  expect(rig.sink.received[0]!.time).toBe(BigInt(Math.floor(now.getTime() / 1000)) * 1_000_000_000n);
  expect(rig.sink.received[0]!.labels).toContain('message_app_name="su", message_facility="auth"');
  expect(rig.sink.received[1]!.time).toBe(1_697_055_255_500_000_000n);
});

it('sends what it cannot read as it came, and counts it', async () => {
  const { rig, target, sender } = await start('labels: {job: s}', rules);
  const unreadable = [
    '<34>Oct 11 22:14:15 host su: RFC 3164',
    '<34>1 yesterday host app - - - text',
    '<34>1 2023-10-11T22:14:15Z h a p m [x a=1] text',
    '<999>1 - - - - - - text',
  ];
  (await sender()).end(`${unreadable.join('\n')}\n`);
  await rig.expectLines(unreadable);
  expect(rig.sink.received[0]!.labels).toContain('message_severity="critical"');
  expect(await rig.metric('promtail_syslog_target_parsing_errors_total')).toEqual({ '': 4 });
  expect(rig.logged.filter(({ msg }) => /sent as it came/.test(String(msg)))).toHaveLength(1);
  expect(target.details()).toMatchObject({ lastFault: `not rfc5424: ${unreadable.at(-1)}` });
});

it('takes what breaks the limits of RFC 5424, but can be read', async () => {
  const { rig, sender } = await start('use_incoming_timestamp: true', rules);
  const app = 'a'.repeat(60);
  (await sender()).end(`<34>1 2023-10-11T22:14:15.123456789Z hö ${app} - - [x a="c:\\new"][x b="2"] text\n`);
  await rig.expectLines(['text']);
  expect(rig.sink.received[0]!.time).toBe(1_697_062_455_123_456_789n);
  expect(rig.sink.received[0]!.labels).toContain(`message_app_name="${app}"`);
});

it('drops and counts messages without text', async () => {
  const { rig, sender } = await start();
  (await sender()).end('<34>1 - - - - - -\n<34>1 - - - - - - \n<34>1 - - - - - - x\n');
  await rig.expectLines(['x']);
  expect(await rig.metric('promtail_syslog_empty_messages_total')).toEqual({ '': 2 });
});

it('drops what the rules drop', async () => {
  const drop = '[{source_labels: [__syslog_message_severity], regex: debug, action: drop}]';
  const { rig, sender } = await start('', drop);
  (await sender()).end('<7>1 - - - - - - no\n<6>1 - - - - - - yes\n');
  await rig.expectLines(['yes']);
});

it('cuts a message that is too long, and goes on with the next', async () => {
  const { rig, sender } = await start('max_message_length: 25');
  const frame = (text: string) => `${18 + text.length} <34>1 - - - - - - ${text}`;
  const socket = await sender();
  socket.end(`${frame('before')}${frame('x'.repeat(100_000))}${frame('after')}`);
  await rig.expectLines(['before', 'x'.repeat(7), 'after']);
  expect(await rig.metric('auditail_syslog_cut_messages_total')).toEqual({ '': 1 });
});

it('does not let a message without end fill the memory', async () => {
  const { rig, sender } = await start();
  const socket = await sender();
  socket.write('<34>1 - - - - - - ');
  for (let i = 0; i < 40; i++) if (!socket.write('x'.repeat(65_536))) await once(socket, 'drain');
  socket.end('\n<34>1 - - - - - - next\n');
  await rig.expectLines(['x'.repeat(1024 * 1024 - 18), 'next']);
});

it.each(['GET / HTTP/1.1\r\n\r\n', '\n<34>1 - - - - - - x\n', '12<34>1 - - - - - - x', '9999999999 <'])(
  'closes a connection that does not speak syslog: %j',
  async (stream) => {
    const { rig, sender } = await start();
    const socket = await sender();
    socket.write(stream);
    await closed(socket);
    expect(rig.sink.lines).toEqual([]);
    expect(await rig.metric('promtail_syslog_target_parsing_errors_total')).toEqual({ '': 1 });
  },
);

it('closes a connection that is idle, and takes what it has of it', async () => {
  const { rig, sender } = await start('idle_timeout: 300ms');
  const socket = await sender();
  socket.write('<34>1 - - - - - - not ended');
  await closed(socket);
  expect(rig.sink.lines).toEqual(['not ended']);
});

it('closes a connection that is idle for longer than it takes to be quiet', async () => {
  const { rig, target, sender } = await start('idle_timeout: 1500ms');
  const socket = await sender();
  socket.write('<34>1 - - - - - - one\n');
  await rig.expectLines(['one']);
  expect(target.details()).toEqual({ port: target.port, protocol: 'tcp', connections: 1 });
  await closed(socket);
  await expect.poll(() => target.details()).toMatchObject({ connections: 0 });
});

it('reads no faster than entries are taken', async () => {
  const { rig, sender } = await start('idle_timeout: 200ms');
  const room = Promise.withResolvers<void>();
  rig.sink.hold = room.promise;
  const socket = await sender();
  const line = `<34>1 - - - - - - ${'x'.repeat(8000)}\n`;
  let written = 0;
  // Until the buffers of both ends are full.
  while (written < 50_000) {
    written += 1;
    if (socket.write(line)) continue;
    const isDrained = await Promise.race([once(socket, 'drain').then(() => true), sleep(1000, false)]);
    if (!isDrained) break;
  }
  expect(written).toBeLessThan(50_000);
  expect(rig.sink.lines.length).toBeLessThan(written);
  rig.sink.hold = undefined;
  room.resolve();
  socket.end();
  await expect.poll(() => rig.sink.lines.length, { timeout: 20_000 }).toBe(written);
});

it('takes what senders have sent before it stops', async () => {
  const { rig, sender } = await start();
  const socket = await sender();
  for (let i = 0; i < 1000; i++) socket.write(`<34>1 - - - - - - ${i}\n`);
  await expect.poll(() => rig.sink.lines.length).toBeGreaterThan(0);
  await rig.stop();
  expect(rig.sink.lines).toEqual(Array.from({ length: 1000 }, (_, i) => String(i)));
});

it('takes datagrams, each with one message or more, of any size', async () => {
  const { rig, target } = await start('listen_protocol: udp\nmax_message_length: 60000', rules);
  const long = `<34>1 - - - - - - ${'y'.repeat(50_000)}`;
  await sendUdp(
    target.port,
    '<34>1 - - - - - - one\n<34>1 - - - - - - two',
    '19 <34>1 - - - - - - 320 <34>1 - - - - - - 44',
    long,
  );
  await rig.expectLines(['one', 'two', '3', '44', 'y'.repeat(50_000)], { sorted: true });
  expect(rig.sink.received[0]!.labels).toContain('connection_ip_address="127.0.0.1"');
});

it('cuts long datagrams, and goes on after what is no syslog', async () => {
  const { rig, target } = await start('listen_protocol: udp\nmax_message_length: 25');
  await sendUdp(target.port, '<34>1 - - - - - - 123456789', 'junk', '', '<34>1 - - - - - - x');
  await rig.expectLines(['1234567', 'x']);
  expect(await rig.metric('promtail_syslog_target_parsing_errors_total')).toEqual({ '': 1 });
  expect(await rig.metric('auditail_syslog_cut_messages_total')).toEqual({ '': 1 });
});

it('counts datagrams that it must drop while nothing is taken', async () => {
  const { rig, target } = await start('listen_protocol: udp\nmax_message_length: 60000');
  const room = Promise.withResolvers<void>();
  rig.sink.hold = room.promise;
  const datagram = `<34>1 - - - - - - ${'z'.repeat(50_000)}`;
  const dropped = async (by: string) =>
    (await rig.metric('auditail_dropped_datagrams_total'))[`job,${by}`] ?? 0;
  let sent = 0;
  for (; (await dropped('agent')) < 5; sent++) {
    await sendUdp(target.port, datagram);
    await sleep(1);
    expect(sent).toBeLessThan(2000);
  }
  rig.sink.hold = undefined;
  room.resolve();
  await rig.stop();
  expect(rig.sink.lines.length + (await dropped('agent')) + (await dropped('kernel'))).toBe(sent);
});

it('takes the datagrams that have come before it stops', async () => {
  const { rig, target } = await start('listen_protocol: udp');
  const texts = Array.from({ length: 50 }, (_, i) => String(i));
  await sendUdp(target.port, ...texts.map((text) => `<34>1 - - - - - - ${text}`));
  await rig.stop();
  expect(rig.sink.lines).toEqual(texts);
});

it('speaks TLS, with client certificates when told to, and takes renewed ones', {
  timeout: 20_000,
}, async () => {
  const dir = tempDir();
  const authority = new Authority();
  const file = (name: string, text: string) => {
    writeFileSync(join(dir, name), text);
    return join(dir, name);
  };
  const server = authority.issue();
  const cert = file('cert.pem', server.cert);
  const key = file('key.pem', server.key);
  const ca = file('ca.pem', authority.cert);
  const { rig, target } = await start(`tls_config: {cert_file: ${cert}, key_file: ${key}, ca_file: ${ca}}`);

  const attempt = async (credentials: object) => {
    const socket = connectTls({ port: target.port, host: '127.0.0.1', ca: authority.cert, ...credentials });
    onTestFinished(() => void socket.destroy());
    let serial: string | undefined;
    socket.once('secureConnect', () => {
      serial = socket.getPeerX509Certificate()?.serialNumber;
    });
    socket.end('<34>1 - - - - - - secret\n');
    const isRefused = once(socket, 'error').then(() => true);
    isRefused.catch(() => {});
    await Promise.race([isRefused, closed(socket).catch(() => {})]);
    return serial;
  };
  await attempt({});
  await attempt(new Authority('somebody else').issue({ hosts: [] }));
  expect(rig.sink.lines).toEqual([]);
  const first = await attempt(authority.issue({ hosts: [] }));
  await rig.expectLines(['secret']);

  const renewed = authority.issue();
  writeFileSync(cert, renewed.cert);
  writeFileSync(key, renewed.key);
  await expect.poll(() => attempt(authority.issue({ hosts: [] })), { timeout: 10_000 }).not.toBe(first);

  // Whoever says nothing does not keep it from stopping.
  const silent = connect(target.port, '127.0.0.1');
  onTestFinished(() => void silent.destroy());
  await once(silent, 'connect');
  await rig.stop();
});

it.each([
  ['tls_config: {ca_file: ca.pem}', 'certificate and key files are required'],
  ['listen_protocol: sctp', 'expected one of'],
  ['listen_address: nowhere', 'expected an address such as'],
])('refuses %s', async (options, message) => {
  await expect(new TargetRig().start(syslog, options)).rejects.toThrow(message);
});

it('does not start where somebody else listens', async () => {
  const { target } = await start();
  await expect(new TargetRig().start(syslog, `listen_address: 127.0.0.1:${target.port}`)).rejects.toThrow(
    'EADDRINUSE',
  );
});
