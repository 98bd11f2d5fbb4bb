import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type SyslogTarget, syslog } from '../../../src/targets/syslog/syslog-target.js';
import { Authority } from '../../support/certificates.js';
import { TargetRig } from '../../support/target-rig.js';
import { tempDir } from '../../support/temp-dir.js';

/** Senders from Debian's packages; where they are not installed, their tests are left out. */
const rsyslogd = '/usr/sbin/rsyslogd';
const logger = '/usr/bin/logger';
const run = promisify(execFile);

const rules = '[{action: labelmap, regex: __syslog_message_(app_name|severity|facility|sd_.+)}]';

async function start(options: string) {
  const rig = new TargetRig();
  const target = (await rig.start(
    syslog,
    `listen_address: 127.0.0.1:0\nlabel_structured_data: true\n${options}`,
    rules,
  )) as SyslogTarget;
  return { rig, target };
}

describe.runIf(existsSync(logger))('logger', () => {
  const send = (port: number, ...words: string[]) =>
    run(logger, [
      '--server',
      '127.0.0.1',
      '--port',
      String(port),
      '--tag',
      'demo',
      '-p',
      'local3.warning',
      ...words,
    ]);

  it.each([
    [
      'RFC 5424 over TCP, with the length in front',
      'listen_protocol: tcp',
      ['--tcp', '--rfc5424', '--octet-count'],
    ],
    ['RFC 5424 over TCP, framed by newlines', 'listen_protocol: tcp', ['--tcp', '--rfc5424']],
    ['RFC 5424 over UDP', 'listen_protocol: udp', ['--udp', '--rfc5424']],
    ['RFC 3164 over TCP', 'syslog_format: rfc3164', ['--tcp', '--rfc3164']],
    ['RFC 3164 over UDP', 'syslog_format: rfc3164\nlisten_protocol: udp', ['--udp', '--rfc3164']],
  ])('%s', async (_, options, words) => {
    const { rig, target } = await start(`use_incoming_timestamp: true\n${options}`);
    await send(target.port, ...words, 'a message, with [brackets] and ü');
    await rig.expectLines(['a message, with [brackets] and ü']);
    const [received] = rig.sink.received;
    expect(received!.labels).toMatch(/^\{app_name="demo", facility="local3",.* severity="warning"\}$/);
    expect(Math.abs(Number(received!.time / 1_000_000n) - Date.now())).toBeLessThan(86_400_000);
  });

  it('structured data', async () => {
    const { rig, target } = await start('');
    const data = ['--sd-id', 'zoo@123', '--sd-param', 'tiger="hungry"'];
    await send(target.port, '--tcp', '--rfc5424', ...data, 'x');
    await rig.expectLines(['x']);
    expect(rig.sink.received[0]!.labels).toContain('sd_zoo_123_tiger="hungry"');
  });
});

describe.runIf(existsSync(rsyslogd))('rsyslog', { timeout: 60_000 }, () => {
  /** A daemon that follows a file and forwards its lines by these settings of omfwd. */
  async function follow(dir: string, file: string, settings: string, global = ''): Promise<ChildProcess> {
    const config = join(dir, 'rsyslog.conf');
    writeFileSync(
      config,
      `global(workDirectory="${dir}" ${global})
       module(load="imfile" mode="polling" pollingInterval="1")
       input(type="imfile" File="${file}" Tag="followed:" Severity="notice" Facility="local5" reopenOnTruncate="on")
       template(name="lines" type="string" string="<%PRI%>1 %TIMESTAMP:::date-rfc3339% %HOSTNAME% %APP-NAME% %PROCID% - - %msg%")
       action(type="omfwd" target="127.0.0.1" ${settings} action.resumeRetryCount="-1" action.resumeInterval="1"
         queue.type="LinkedList")`,
    );
    const words = ['-n', '-f', config, '-i', join(dir, 'pid')];
    const daemon = spawn(rsyslogd, words, { stdio: 'ignore', detached: true });
    onTestFinished(async () => {
      if (daemon.exitCode !== null) return;
      daemon.kill('SIGKILL');
      await once(daemon, 'exit');
    });
    return daemon;
  }

  const numbered = (count: number, from = 0) => Array.from({ length: count }, (_, i) => `line ${from + i}`);

  it.each([
    [
      'TCP, with the length in front',
      'listen_protocol: tcp',
      'protocol="tcp" TCP_Framing="octet-counted" template="lines"',
    ],
    [
      'TCP, framed by newlines',
      'listen_protocol: tcp',
      'protocol="tcp" template="RSYSLOG_SyslogProtocol23Format"',
    ],
    ['UDP', 'listen_protocol: udp', 'protocol="udp" template="RSYSLOG_SyslogProtocol23Format"'],
    ['RFC 3164', 'syslog_format: rfc3164', 'protocol="tcp" template="RSYSLOG_TraditionalForwardFormat"'],
    [
      'RFC 3164 with times of RFC 3339',
      'syslog_format: rfc3164',
      'protocol="tcp" template="RSYSLOG_ForwardFormat"',
    ],
  ])('%s', async (_, options, settings) => {
    const dir = tempDir();
    const file = join(dir, 'followed.log');
    const { rig, target } = await start(options);
    writeFileSync(file, `${numbered(20).join('\n')}\n`);
    await follow(dir, file, `port="${target.port}" ${settings}`);
    // Some of its templates keep the blank that separates the tag.
    await expect
      .poll(() => rig.sink.lines.map((line) => line.trim()).join('\n'), { timeout: 20_000 })
      .toBe(numbered(20).join('\n'));
    expect(rig.sink.received[0]!.labels).toContain('app_name="followed", facility="local5"');
  });

  it('TLS with client certificates', async () => {
    const dir = tempDir();
    const file = join(dir, 'followed.log');
    const authority = new Authority();
    const write = (name: string, text: string) => {
      writeFileSync(join(dir, name), text);
      return join(dir, name);
    };
    const ca = write('ca.pem', authority.cert);
    const server = authority.issue();
    const client = authority.issue({ name: 'rsyslog', hosts: [] });
    const tls = `{cert_file: ${write('s.pem', server.cert)}, key_file: ${write('s.key', server.key)}, ca_file: ${ca}}`;
    const { rig, target } = await start(`tls_config: ${tls}`);
    writeFileSync(file, `${numbered(20).join('\n')}\n`);
    await follow(
      dir,
      file,
      `port="${target.port}" protocol="tcp" TCP_Framing="octet-counted" template="lines" StreamDriver="gtls"
       StreamDriverMode="1" StreamDriverAuthMode="x509/certvalid"`,
      `defaultNetstreamDriverCAFile="${ca}" defaultNetstreamDriverCertFile="${write('c.pem', client.cert)}"
       defaultNetstreamDriverKeyFile="${write('c.key', client.key)}"`,
    );
    await rig.expectLines(numbered(20), { timeout: 20_000 });
  });

  it('goes on when it is restarted, and when nothing is taken for a while', async () => {
    const dir = tempDir();
    const file = join(dir, 'followed.log');
    const { rig, target } = await start('');
    const settings = `port="${target.port}" protocol="tcp" TCP_Framing="octet-counted" template="lines"`;
    writeFileSync(file, `${numbered(10).join('\n')}\n`);
    const daemon = await follow(dir, file, settings);
    await rig.expectLines(numbered(10), { timeout: 20_000 });
    daemon.kill('SIGTERM');
    await once(daemon, 'exit');

    const room = Promise.withResolvers<void>();
    rig.sink.hold = room.promise;
    await follow(dir, file, settings);
    appendFileSync(file, `${numbered(5000, 10).join('\n')}\n`);
    await expect.poll(() => rig.sink.lines.length, { timeout: 20_000 }).toBeGreaterThan(10);
    rig.sink.hold = undefined;
    room.resolve();
    await rig.expectLines(numbered(5010), { timeout: 30_000 });
  });
});
