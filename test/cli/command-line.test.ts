import { describe, expect, it } from 'vitest';
import { parseCommandLine } from '../../src/cli/command-line.js';
import { loadConfig } from '../../src/config/load.js';
import type { Config } from '../../src/config/schema.js';

async function configOf(...words: string[]): Promise<Config> {
  const commandLine = parseCommandLine(['-client.url=http://loki/push', ...words]);
  if (commandLine.kind !== 'run') throw new Error('help was not asked for');
  return (await loadConfig(commandLine.source, {})).config;
}

function run(...words: string[]) {
  const commandLine = parseCommandLine(words);
  if (commandLine.kind !== 'run') throw new Error('help was not asked for');
  return commandLine;
}

describe('flags', () => {
  it('take one dash or two, the value after = or as the next word, and the last of several', async () => {
    const config = await configOf(
      '--server.http-listen-port',
      '1',
      '-server.http-listen-port=0x10',
      '-stdin',
    );
    expect(config.server.http_listen_port).toBe(16);
    expect(config.target_config.stdin).toBe(true);
  });

  it('end at the first other word, which swallows nothing', () => {
    expect(run('-dry-run', 'false', '-version')).toMatchObject({ isDryRun: true, onlyPrintVersion: false });
    expect(run('--', '-version').onlyPrintVersion).toBe(false);
    expect(run('-', '-version').onlyPrintVersion).toBe(false);
  });

  it.each(['1', 't', 'T', 'true', 'TRUE', 'True'])('take %s for on', (word) => {
    expect(run(`-dry-run=${word}`).isDryRun).toBe(true);
  });

  it('set what the program does', () => {
    expect(
      run('-config.file=a.yaml, b.yaml', '-config.expand-env', '-check-syntax', '-inspect').source,
    ).toMatchObject({
      file: 'a.yaml, b.yaml',
      expandEnv: true,
    });
    expect(run('-print-config-stderr', '-log-config-reverse-order=false')).toMatchObject({
      printsConfig: true,
      logsConfig: false,
    });
  });

  /** Each was run through Promtail. */
  it.each([
    [['-nope'], 'flag provided but not defined: -nope'],
    [['-log.level=WARN'], 'invalid value "WARN" for flag -log.level: unrecognized log level "WARN"'],
    [['-server.disable=yes'], 'invalid boolean value "yes" for -server.disable: parse error'],
    [['-server.http-listen-port=abc'], 'invalid value "abc" for flag -server.http-listen-port: parse error'],
    [['-client.timeout=1d'], 'invalid value "1d" for flag -client.timeout: parse error'],
    [['-limit.readline-rate=x'], 'invalid value "x" for flag -limit.readline-rate: parse error'],
    [
      ['-max-line-size=1q'],
      'invalid value "1q" for flag -max-line-size: strconv.UnmarshalText: parsing "1Q": invalid syntax',
    ],
    [['-config.file'], 'flag needs an argument: -config.file'],
    [['---x'], 'bad flag syntax: ---x'],
    [['-=x'], 'bad flag syntax: -=x'],
    [
      ['-server.grpc-max-concurrent-streams=-1'],
      'invalid value "-1" for flag -server.grpc-max-concurrent-streams: parse error',
    ],
    [
      ['-client.external-labels=a'],
      'invalid value "a" for flag -client.external-labels: a must be formatted as key=value',
    ],
    [
      ['-client.external-labels='],
      'invalid value "" for flag -client.external-labels:  must be formatted as key=value',
    ],
    [
      ['-max-streams=99999999999999999999'],
      'invalid value "99999999999999999999" for flag -max-streams: value out of range',
    ],
  ])('%j is refused', (words, message) => {
    expect(() => parseCommandLine(words)).toThrow(message);
  });

  it('fill the single client', async () => {
    const { client } = await configOf(
      '-client.batch-wait=2s',
      '-client.batch-size-bytes=5',
      '-client.min-backoff=1s',
      '-client.max-backoff=1m',
      '-client.max-retries=0',
      '-client.timeout=1.5s',
      '-client.tenant-id=1',
      '-client.drop-rate-limited-batches',
    );
    expect(client).toMatchObject({
      batchwait: 2000,
      batchsize: 5,
      backoff_config: { min_period: 1000, max_period: 60_000, max_retries: 0 },
      timeout: 1500,
      tenant_id: '1',
      drop_rate_limited_batches: true,
      follow_redirects: false,
    });
    expect(client.url.url.href).toBe('http://loki/push');
  });

  it.each([
    ['a=1', { a: '1' }],
    ['"a=1,2"', { a: '1,2' }],
    ['a=1,b=2', { a: '1', b: '2' }],
    ['a=1,"b=2,3","c=""x"""', { a: '1', b: '2,3', c: '"x"' }],
    ['a=', { a: '' }],
  ])('reads the external labels %s', async (text, labels) => {
    const config = await configOf(`-client.external-labels=${text}`);
    expect(Object.fromEntries(config.client.external_labels)).toEqual(labels);
  });

  it('set keys of every block', async () => {
    const config = await configOf(
      '-positions.file=/p',
      '-positions.sync-period=0',
      '-target.sync-period=1m',
      '-file-watch.max_poll_frequency=1s',
      '-limit.readline-rate=1e3',
      '-limit.readline-rate-drop=false',
      '-max-line-size=2kb',
      '-log.level=debug',
      '-log.format=json',
      '-tracing.enabled=false',
      '-server.http-tls-cert-path=c',
      '-server.grpc.keepalive.time=1h',
      '-server.http-read-timeout=1ms',
      '-server.log-request-headers-exclude-list=a,b',
      '-server.path-prefix=',
    );
    expect(config).toMatchObject({
      positions: { filename: '/p', sync_period: 0 },
      target_config: { sync_period: 60_000 },
      global: { file_watch_config: { min_poll_frequency: 250, max_poll_frequency: 1000 } },
      limits_config: { readline_rate: 1000, readline_rate_drop: false, max_line_size: 2048 },
      server: {
        log_level: 'debug',
        log_format: 'json',
        http_tls_config: { cert_file: 'c' },
        grpc_server_keepalive_time: 3_600_000,
        http_server_read_timeout: 1,
        log_request_exclude_headers_list: 'a,b',
        http_path_prefix: '',
      },
      tracing: { enabled: false },
    });
  });

  it('are checked like the keys that they set', async () => {
    await expect(configOf('-server.tls-min-version=TLS12')).rejects.toThrow(
      'server.tls_min_version: expected one of VersionTLS10',
    );
    await expect(configOf('-server.proxy-protocol-enabled')).rejects.toThrow(
      'server.proxy_protocol_enabled: not supported: ',
    );
  });
});

describe('help', () => {
  it.each(['-h', '--help', '-help=1'])('is asked for with %s', (word) => {
    expect(parseCommandLine(['-dry-run', word]).kind).toBe('help');
  });

  it('tells every flag with its type and default, in order', () => {
    const help = parseCommandLine(['-h']);
    const text = help.kind === 'help' ? help.text : '';
    expect(text).toContain(
      '  -positions.sync-period duration\n    \tHow often to write the positions file. (default 10s)\n',
    );
    expect(text).toContain('  -server.register-instrumentation\n    \tServe /metrics. (default true)\n');
    const names = [...text.matchAll(/^ {2}-(\S+)/gm)].map((match) => match[1]!);
    expect(names).toHaveLength(98);
    expect(names).toEqual(names.toSorted());
  });

  it('shows defaults that are the ones without any flag', async () => {
    const plain = await configOf();
    const help = parseCommandLine(['-h']);
    const text = help.kind === 'help' ? help.text : '';
    const words = [...text.matchAll(/^ {2}-(\S+).*\n.*\(default "?([^"]*?)"?\)$/gm)].map(
      ([, name, value]) => `-${name}=${value}`,
    );
    expect(words.length).toBeGreaterThan(20);
    expect(await configOf(...words)).toEqual(plain);
  });
});
