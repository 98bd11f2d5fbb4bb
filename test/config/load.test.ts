import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseCommandLine } from '../../src/cli/command-line.js';
import { allClients } from '../../src/config/clients.js';
import { type ConfigSource, type LoadedConfig, loadConfig } from '../../src/config/load.js';
import { refusedDiscoveries } from '../../src/discovery/kinds.js';
import { relabel } from '../../src/relabel/relabel.js';
import { tempDir } from '../support/temp-dir.js';

const client = 'clients: [{url: http://loki:3100/loki/api/v1/push}]\n';

async function load(
  yaml: string,
  source: Partial<ConfigSource> = {},
  environment: NodeJS.ProcessEnv = {},
): Promise<LoadedConfig> {
  const file = join(tempDir(), 'promtail.yaml');
  await writeFile(file, yaml);
  return loadConfig({ file, expandEnv: false, onlySyntax: false, overrides: [], ...source }, environment);
}

/** What a config is refused for, without the folder of its file. */
async function errors(yaml: string, source?: Partial<ConfigSource>): Promise<string[]> {
  const loaded = await load(yaml, source).catch((error: Error) => error);
  expect(loaded).toBeInstanceOf(Error);
  return (loaded as Error).message.replaceAll(/\S*\/promtail\.yaml: ?/g, '').split('\n');
}

async function warnings(yaml: string, environment?: NodeJS.ProcessEnv): Promise<string[]> {
  return withoutPlace((await load(yaml, {}, environment)).warnings);
}

function withoutPlace(warnings: readonly string[]): string[] {
  return warnings.map((each) => each.replace(/^\S*\/promtail\.yaml: ?/, ''));
}

describe('configs from the field', () => {
  it('takes what a typical Docker Compose set-up has', async () => {
    const { config, warnings: told } = await load(`
server:
  http_listen_port: 9080
  grpc_listen_port: 0
  log_level: warn

positions:
  filename: /tmp/positions.yaml

clients:
  - url: http://loki:3100/loki/api/v1/push

scrape_configs:
- job_name: system
  static_configs:
  - targets:
      - localhost
    labels:
      job: varlogs
      __path__: /var/log/*log
- job_name: nginx
  pipeline_stages:
  - match:
      selector: '{job="nginx"}'
      stages:
      - regex:
          expression: '^(?P<remote_addr>[\\w.]+) - (?P<user>\\S+)'
      - labels:
          user:
      - output: {source: remote_addr}
  static_configs:
  - targets: [localhost]
    labels: {job: nginx, host: 1.10, __path__: "/var/log/nginx/**/*.log"}
  relabel_configs:
  - source_labels: ['__address__']
    regex: '/(.*)'
    target_label: container
limits_config:
options:
`);
    expect(told).toEqual([]);
    expect(config.server).toMatchObject({ http_listen_port: 9080, log_level: 'warn', disable: false });
    expect(config.scrape_configs.map(({ job_name, source }) => [job_name, source?.kind])).toEqual([
      ['system', 'files'],
      ['nginx', 'files'],
    ]);
    expect(config.limits_config.readline_burst).toBe(10_000);
  });

  it('takes the old single client, with the user in its URL', async () => {
    const {
      config,
      warnings: told,
      text,
    } = await load(`
client:
  url: http://me:pw@loki:3100/api/prom/push
  batchwait: 5
  external_labels: {cluster: a, host: b}
scrape_configs:
  - job_name: x
    static_configs: [{labels: {__path__: ./x.log}}]
`);
    expect(allClients(config)).toMatchObject([
      { url: { url: new URL('http://me:pw@loki:3100/api/prom/push') } },
    ]);
    expect(config.client.batchwait).toBe(5e-6);
    expect(withoutPlace(told)).toEqual([
      "the 'client' block and -client.* flags are deprecated, use 'clients'",
    ]);
    expect(text).toContain('url: http://me:%2A%2A%2A%2A%2A%2A%2A%2A@loki:3100/api/prom/push\n');
    expect(text).not.toContain('pw');
  });

  it('takes what the Helm chart has, and finds a pod’s files by it', async () => {
    const { config, warnings: told } = await load(readFileSync('test/config/fixtures/helm.yaml', 'utf8'));
    expect(told).toEqual([]);
    const pod = new Map([
      ['__meta_kubernetes_pod_controller_name', 'web-5d59d67564'],
      ['__meta_kubernetes_pod_name', 'web-5d59d67564-x2x4z'],
      ['__meta_kubernetes_pod_node_name', 'node-1'],
      ['__meta_kubernetes_namespace', 'shop'],
      ['__meta_kubernetes_pod_container_name', 'nginx'],
      ['__meta_kubernetes_pod_uid', '1234'],
    ]);
    const labels = relabel(config.scrape_configs[0]!.relabel_configs, pod);
    expect(Object.fromEntries([...labels!].filter(([name]) => !name.startsWith('__meta')))).toEqual({
      __tmp_controller_name: 'web',
      app: 'web',
      node_name: 'node-1',
      namespace: 'shop',
      job: 'shop/web',
      pod: 'web-5d59d67564-x2x4z',
      container: 'nginx',
      __path__: '/var/log/pods/*1234/nginx/*.log',
    });
  });

  it('takes anchors, merge keys and several documents', async () => {
    const { config } = await load(`---
${client}
scrape_configs:
- &first
  job_name: a
  static_configs: &here [{targets: [localhost], labels: {__path__: /a}}]
- job_name: b
  static_configs: *here
---
nonsense: true
`);
    expect(config.scrape_configs).toHaveLength(2);
  });
});

describe('clients', () => {
  it('are merged with the labels of the single client, their own winning', async () => {
    const { config } = await load(
      `${client.replace('}]', ', external_labels: {a: own}}]')}client: {external_labels: {a: flag, b: flag}}\n`,
    );
    expect(allClients(config).map(({ external_labels }) => Object.fromEntries(external_labels))).toEqual([
      { a: 'own', b: 'flag' },
    ]);
  });

  it('get one more from -client.url', async () => {
    const override = { path: ['client', 'url'], value: { text: 'http://b/push' } } as const;
    const { config } = await load(client, { overrides: [override] });
    expect(allClients(config)).toMatchObject([{ url: { host: 'loki:3100' } }, { url: { host: 'b' } }]);
  });

  it('do not follow redirects when they are made of flags alone, as in Promtail', async () => {
    const commandLine = parseCommandLine(['-client.url=http://b/push']);
    if (commandLine.kind !== 'run') throw new Error('help was not asked for');
    const { overrides } = commandLine.source;
    expect((await load('', { overrides })).config.client.follow_redirects).toBe(false);
    expect((await load('client: {batchwait: 1s}', { overrides })).config.client.follow_redirects).toBe(true);
    expect((await load('client:', { overrides })).config.client.follow_redirects).toBe(false);
  });

  it.each([
    ['', 'at least one client config must be provided'],
    [
      'clients: [{url: http://a/}, {url: http://a/}]',
      'duplicate client configs are not allowed, found duplicate for name: ',
    ],
    ['clients: [{url: http://a/, name: x}, {url: http://b/, name: x}]', 'found duplicate for name: x'],
    ['clients: [{batchwait: 1s}]', "1:11: clients[0]: 'url' is required"],
    [
      'clients: [{url: loki:3100}]',
      '1:17: clients[0].url: expected a URL such as http://loki:3100/loki/api/v1/push, not "loki:3100"',
    ],
  ])('%s is refused', async (yaml, message) => {
    expect((await errors(yaml)).join('\n')).toContain(message);
  });

  it('may be missing when only the syntax is checked, as flags may bring one', async () => {
    const { warnings: told } = await load('', { onlySyntax: true });
    expect(withoutPlace(told)).toEqual(['there are no clients: nothing can be sent unless flags name one']);
  });
});

describe('scrape configs', () => {
  const job = (rest: string) => `${client}scrape_configs:\n- job_name: a\n  ${rest}\n`;

  it.each([
    [job(''), '3:3: scrape_configs[0]: no valid target scrape config defined for "a"'],
    [`${client}scrape_configs: [{static_configs: []}]`, '2:18: scrape_configs[0]: job_name is empty'],
    [
      `${client}scrape_configs: [{job_name: a, static_configs: []}, {job_name: a, static_configs: []}]`,
      '2:53: scrape_configs[1]: found multiple scrape configs with job name "a"',
    ],
    [
      job('static_config: []'),
      "4:3: scrape_configs[0]: unknown key 'static_config', did you mean 'static_configs'?",
    ],
    [
      job('http_sd_configs: []'),
      '4:20: scrape_configs[0].http_sd_configs: not supported: Promtail has no such discovery either; have what it finds written to a file for file_sd_configs',
    ],
    [
      job('triton_sd_configs: []'),
      '4:22: scrape_configs[0].triton_sd_configs: not supported: it finds other machines, and files are read on this one; name the files in static_configs or file_sd_configs',
    ],
    [
      job('static_configs: []\n  pipeline_stages: [{lables: {}}]'),
      "5:22: scrape_configs[0].pipeline_stages[0]: unknown stage 'lables', did you mean 'labels'?",
    ],
    [
      job('static_configs: []\n  pipeline_stages: [{labels: {}, output: {}}]'),
      '5:34: scrape_configs[0].pipeline_stages[0]: a stage has one key only, this one has labels, output',
    ],
    [
      job('static_configs: []\n  relabel_configs: [{action: hashmod, target_label: x}]'),
      '5:21: scrape_configs[0].relabel_configs[0]: relabel configuration for hashmod requires non-zero modulus',
    ],
  ])('%s is refused', async (yaml, message) => {
    expect((await errors(yaml))[0]).toBe(message);
  });

  it.each([...refusedDiscoveries.keys()])('name %s as what is not supported', async (key) => {
    const [error] = await errors(job(`${key}: []`));
    expect(error).toContain(`scrape_configs[0].${key}: not supported: `);
  });

  it('warn of sources that another one of the same job hides', async () => {
    expect(await warnings(job('static_configs: [{}]\n  docker_sd_configs: [{host: x}]'))).toEqual([
      '5:22: scrape_configs[0].docker_sd_configs: ignored, as the same job has static_configs and a job has one kind of source',
    ]);
  });

  it('warn of an unknown key in a stage', async () => {
    expect(
      await warnings(job('static_configs: [{}]\n  pipeline_stages: [{output: {source: a, sorce: b}}]')),
    ).toEqual([
      "5:42: scrape_configs[0].pipeline_stages[0].output: unknown key 'sorce', did you mean 'source'? (ignored)",
    ]);
  });

  it('need no source when lines come from standard input', async () => {
    await expect(load(`${job('pipeline_stages: []')}target_config: {stdin: true}\n`)).resolves.toBeDefined();
  });
});

describe('other blocks', () => {
  it.each([
    ['servers: {}', "2:1: unknown key 'servers', did you mean 'server'?"],
    [
      'server: {http_listen_prot: 1}',
      "2:10: server: unknown key 'http_listen_prot', did you mean 'http_listen_port'?",
    ],
    ['server: {http_listen_port: "80"}', '2:28: server.http_listen_port: expected a whole number, not "80"'],
    ['server: {http_listen_port: 65536}', '2:28: server.http_listen_port: expected a port, 0 to 65535'],
    [
      'server: {log_level: WARN}',
      '2:21: server.log_level: expected one of debug, info, warn, error, not "WARN"',
    ],
    [
      'server: {proxy_protocol_enabled: true}',
      '2:34: server.proxy_protocol_enabled: not supported: the listener does not speak the PROXY protocol',
    ],
    ['server: {tls_cipher_suites: RC4}', '2:29: server.tls_cipher_suites: cipher suite "RC4" not recognized'],
    [
      'server: {http_tls_config: {cert: a, cert_file: b}}',
      '2:27: server.http_tls_config: cert and cert_file are mutually exclusive',
    ],
    [
      'server: {log_source_ips_header: X}',
      '2:9: server: log_source_ips_header and log_source_ips_regex go together: either both or neither',
    ],
    ['positions: {sync_period: 1d}', '2:26: positions.sync_period: invalid duration "1d": unknown unit "d"'],
    [
      'limits_config: {max_line_size: 1KiB}',
      '2:32: limits_config.max_line_size: expected a size such as 256kb or 1mb, not "1KiB"',
    ],
    ['wal: {enabled: true}', "2:6: wal: 'dir' is required"],
    ['server: {}\nserver: {}', '3:1: server: key is set twice'],
    ['server: [', expect.stringContaining('2:')],
  ])('%s is refused', async (yaml, message) => {
    expect((await errors(`${client}${yaml}`))[0]).toEqual(message);
  });

  it('tell all mistakes in one go', async () => {
    expect(await errors('server: {a: 1, log_level: x}\nclients: [{}]\nlimit_config:\n')).toHaveLength(4);
  });

  it('tell of broken YAML alone', async () => {
    expect(await errors('clients: [{}]\nserver: [\n')).toEqual([expect.stringMatching(/^3:1: .*must be/)]);
  });

  it('take the switches of Promtail that change nothing here', async () => {
    const yaml = `${client}options: {stream_lag_labels: filename}\nwal: {enabled: false}\ntracing: {enabled: true}\n`;
    expect(await warnings(yaml)).toEqual(['2:11: options.stream_lag_labels: no longer used (ignored)']);
    expect(await warnings(client, { JAEGER_AGENT_HOST: 'jaeger' })).toEqual([
      'tracing: JAEGER_AGENT_HOST is set, but no traces are made; set tracing.enabled to false',
    ]);
    expect(await warnings(`${client}tracing: {enabled: false}`, { OTEL_X: 'y' })).toEqual([]);
  });
});

describe('the file', () => {
  it('is the first of the list that exists', async () => {
    const file = join(tempDir(), 'b.yaml');
    await writeFile(file, `${client}server: {http_listen_port: 7}`);
    const { config } = await load('', { file: `/nowhere/a.yaml, ${file} ,/nowhere/c.yaml` });
    expect(config.server.http_listen_port).toBe(7);
  });

  it.each([
    [
      '/nowhere/a.yaml,/nowhere/b.yaml',
      '/nowhere/a.yaml,/nowhere/b.yaml does not exist, set config.file for custom config path',
    ],
    ['/', 'cannot read /: EISDIR: illegal operation on a directory, read'],
  ])('%s is refused', async (file, message) => {
    await expect(load('', { file })).rejects.toThrow(message);
  });

  it('is not needed', async () => {
    const { config } = await load('', { file: '', onlySyntax: true });
    expect(config.server.http_listen_port).toBe(80);
  });

  it('has its environment variables expanded', async () => {
    const yaml =
      'clients: [{url: "http://${HOST:-loki}/push"}]\nserver: {external_url: "$${X}"}\n' + '# ${UNSET}\n';
    const { config } = await load(yaml, { expandEnv: true }, { HOST: 'here' });
    expect(allClients(config)).toMatchObject([{ url: { host: 'here' } }]);
    expect(config.server.external_url).toBe('${X}');
    await expect(load('a: ${', { expandEnv: true })).rejects.toThrow('unable to parse variable name');
    await expect(load('client: ${URL}')).rejects.toThrow(
      /\. Use `-config\.expand-env=true` flag if you want to expand environment variables in your config file$/,
    );
  });
});

describe('the effective config', () => {
  it('shows every block with its defaults, in order, and no secrets', async () => {
    const { text } = await load(`
clients:
- url: http://loki/push
  tenant_id: 1
  basic_auth: {username: me, password: pw}
server: {http_tls_config: {cert: c, key: pw}}
scrape_configs:
- job_name: "1"
  relabel_configs:
  - {source_labels: [a, b c], target_label: 'y', separator: ''}
  pipeline_stages: [{labels: {a: , b: c}}]
  static_configs: [{targets: [localhost], labels: {__path__: /x, e: "", s: ' a'}}]
`);
    expect([...text.matchAll(/^(\w+):/gm)].map((match) => match[1])).toEqual(
      ['global', 'server', 'client', 'clients', 'positions', 'scrape_configs', 'target_config'].concat([
        'limits_config',
        'tracing',
        'wal',
      ]),
    );
    expect(text).not.toContain('pw');
    expect(text).toContain('  http_server_idle_timeout: 2m0s\n');
    expect(text).toContain('    username: me\n    password: <secret>\n');
    expect(text).toContain('  grpc_server_max_connection_idle: 2562047h47m16.854775807s\n');
    expect(text.slice(text.indexOf('scrape_configs:'), text.indexOf('target_config:'))).toBe(`scrape_configs:
- job_name: "1"
  pipeline_stages:
  - labels:
      a: null
      b: c
  relabel_configs:
  - source_labels: [a, b c]
    target_label: "y"
    replacement: $1
    action: replace
  static_configs:
  - targets:
    - localhost
    labels:
      __path__: /x
      e: ""
      s: ' a'
`);
  });

  it('loads again as the same', async () => {
    const { text } = await load(client);
    const again = await load(
      text.replace(/^client:\n {2}url: ""\n/m, 'client:\n').replace(/^ +key: null\n/gm, ''),
    );
    expect(again.text).toBe(text);
  });
});

describe('the fingerprint', () => {
  const config = (password: string, label: string) =>
    `clients: [{url: http://a/, basic_auth: {username: u, password: ${password}}}]\nscrape_configs: [{job_name: a, static_configs: [{labels: {l: ${label}}}]}]\n`;
  const prints = async (yaml: string) => {
    const { fingerprint, config: loaded } = await load(yaml);
    return [fingerprint, loaded.scrape_configs[0]!.fingerprint];
  };

  it('tells of changes that the effective config does not show', async () => {
    const [whole, job] = await prints(config('one', '1.10'));
    expect(await prints(`# a comment\n${config('one', '1.10')}`)).toEqual([whole, job]);
    const [otherSecret, sameJob] = await prints(config('two', '1.10'));
    expect(otherSecret).not.toBe(whole);
    expect(sameJob).toBe(job);
    const [, otherJob] = await prints(config('one', '1.1'));
    expect(otherJob).not.toBe(job);
  });
});
