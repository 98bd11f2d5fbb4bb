import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { tempDir } from './support/temp-dir.js';

const good = `
server: {disable: true}
clients: [{url: "http://me:pw@127.0.0.1:9/push"}]
scrape_configs:
- job_name: a
  static_configs: [{labels: {job: a, __path__: /nowhere}}]
  pipeline_stages: [{static_labels: {env: test}}]
`;

/** The bundle as a process, from its start to its end. */
function auditail(flags: string[], { config = good, input = '' }: { config?: string; input?: string } = {}) {
  const file = join(tempDir(), 'promtail.yaml');
  writeFileSync(file, config);
  const words = flags.map((flag) => flag.replace('FILE', file));
  const { status, stdout, stderr } = spawnSync(process.execPath, ['dist/auditail.js', ...words], {
    input,
    encoding: 'utf8',
    timeout: 20_000,
    env: { PATH: process.env.PATH },
  });
  return { status, stdout: stdout.replaceAll(file, 'FILE'), stderr: stderr.replaceAll(file, 'FILE') };
}

it('tells a wrong flag on stderr, with code 2', () => {
  expect(auditail(['-nope'])).toEqual({
    status: 2,
    stdout: '',
    stderr: 'flag provided but not defined: -nope\nRun with -help to get list of available parameters\n',
  });
});

it('helps on stdout, with code 2', () => {
  const { status, stdout, stderr } = auditail(['-help']);
  expect([status, stderr]).toEqual([2, '']);
  expect(stdout).toContain('  -config.file string\n');
});

it('checks the syntax, and all that hangs on it', () => {
  expect(auditail(['-check-syntax', '-config.file=FILE'])).toEqual({
    status: 0,
    stdout: 'Valid config file! No syntax issues found\n',
    stderr: '',
  });
  expect(auditail(['-check-syntax'])).toMatchObject({ status: 1, stdout: 'Invalid config file\n' });
  const bad = good.replace('static_labels', 'static_label').replace('push', ':x');
  expect(auditail(['-check-syntax', '-config.file=FILE'], { config: bad })).toMatchObject({
    status: 1,
    stdout: expect.stringMatching(/^Unable to parse config: FILE:7:\d+: .*did you mean 'static_labels'\?\n$/),
  });
});

it('tells its version without needing a client', () => {
  const { status, stdout } = auditail(['-version']);
  expect([status, stdout.split('\n')[0]]).toEqual([0, expect.stringMatching(/, version \d+\.\d+\.\d+ \(/)]);
});

it('tells on stdout that a config cannot be used, with code 1', () => {
  expect(auditail(['-config.file=FILE'], { config: 'server: {disable: true}' })).toEqual({
    status: 1,
    stdout: 'Unable to parse config: FILE: at least one client config must be provided\n',
    stderr: '',
  });
  expect(auditail(['-config.file=/nowhere/x.yaml'])).toMatchObject({
    status: 1,
    stdout:
      'Unable to parse config: /nowhere/x.yaml does not exist, set config.file for custom config path\n',
  });
});

it('prints what stdin would send on a dry run, to the last line', () => {
  const { status, stdout, stderr } = auditail(['-config.file=FILE', '-stdin', '-dry-run', '-inspect'], {
    input: 'one\n\ntwo',
  });
  expect(status).toBe(0);
  expect(stdout).toMatch(/^Clients configured:\n-{22}\nurl: http:\/\/me:%2A/);
  const time = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d{4}`;
  const labels = String.raw`\{__path__="/nowhere", env="test", job="a"\}`;
  expect(stdout).toMatch(new RegExp(`\n${time}\t${labels}\tone\n${time}\t${labels}\ttwo\n$`));
  expect(stderr).toContain('[inspect: static_labels stage]: \n{stages.Entry}.Entry.Labels:\n');
});

it('shows the effective config, secrets masked', () => {
  const { stderr } = auditail(['-config.file=FILE', '-stdin', '-dry-run', '-print-config-stderr']);
  expect(stderr).toMatch(/^---\n# Loki Config\n# \(version=.*\)\nglobal:\n/);
  expect(stderr).not.toContain('pw');
  const reversed = auditail(['-config.file=FILE', '-stdin', '-dry-run', '-log-config-reverse-order']).stderr;
  expect(reversed.indexOf('msg=wal:')).toBeGreaterThan(0);
  expect(reversed.indexOf('msg=wal:')).toBeLessThan(reversed.indexOf('msg=global:'));
});

it('ends when nobody reads what it prints', async () => {
  const file = join(tempDir(), 'promtail.yaml');
  writeFileSync(file, good);
  const flags = ['dist/auditail.js', `-config.file=${file}`, '-stdin', '-dry-run'];
  const child = spawn(process.execPath, flags, { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.on('error', () => {});
  await once(child.stdout, 'data');
  child.stdout.destroy();
  child.stdin.end('line\n'.repeat(100_000));
  expect((await once(child, 'exit'))[0]).toBe(141);
  expect(await text(child.stderr)).not.toContain('EPIPE');
});

it('does not start with a stage that holds events whose senders wait', () => {
  const config = `
server: {disable: true}
positions: {filename: ${join(tempDir(), 'positions.yaml')}}
clients: [{url: "http://127.0.0.1:9/push"}]
scrape_configs:
- job_name: a
  kubernetes_audit_webhook: {server: {http_listen_address: 127.0.0.1, http_listen_port: 0, grpc_listen_port: 0}}
  pipeline_stages: [{kubernetes_audit: {drop_stages: [RequestReceived]}}]
`;
  const { status, stderr } = auditail(['-config.file=FILE'], { config });
  expect(status).toBe(1);
  expect(stderr).toContain('kubernetes_audit stage: drop_stages: RequestReceived holds events');
});
