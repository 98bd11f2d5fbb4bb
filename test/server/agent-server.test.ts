import { request } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { Registry } from 'prom-client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseConfigText } from '../../src/fields/node.js';
import { Problems } from '../../src/fields/problems.js';
import { agentRegistry } from '../../src/metrics/agent-registry.js';
import { openAgentServer } from '../../src/server/agent-server.js';
import type { AgentView } from '../../src/server/agent-view.js';
import { serverSchema } from '../../src/server/server-schema.js';
import { recordedLog } from '../support/recorded-log.js';

const labels = new Map([['job', '<a>']]);

function agentView(): AgentView & { isReady: boolean; reloads: number; reloadError: Error | undefined } {
  return {
    version: '1.2.3',
    isReady: false,
    configText: 'server: {}\n# <secret>\n',
    logLevel: 'info',
    reloads: 0,
    reloadError: undefined,
    jobs: [
      {
        name: 'audit',
        targets: [
          {
            type: 'File',
            isReady: true,
            discoveredLabels: new Map([['__path__', '/var/log/*.log']]),
            labels,
            details: () => ({ '/var/log/a.log': 12 }),
          },
        ],
        droppedTargets: Array.from({ length: 101 }, () => ({
          discoveredLabels: labels,
          reason: 'dropped target',
        })),
      },
    ],
    customMetrics: () => [
      {
        name: 'promtail_custom_x',
        help: '',
        type: 'gauge',
        samples: [{ name: 'promtail_custom_x', labels: [], value: 1 }],
      },
    ],
    async reload() {
      this.reloads += 1;
      if (this.reloadError !== undefined) throw this.reloadError;
    },
  };
}

async function start(yaml = '', registry = new Registry()) {
  const problems = new Problems('');
  const text = `http_listen_address: 127.0.0.1\nhttp_listen_port: 0\n${yaml}`;
  const config = serverSchema.decode(parseConfigText(text, problems), problems);
  problems.throwIfAny();
  const agent = agentView();
  const { log, lines } = recordedLog();
  const server = await openAgentServer(config, agent, { log, registry });
  onTestFinished(() => server.close());
  const get = (path: string, options: RequestInit = {}) =>
    fetch(`http://${server.address}${path}`, { redirect: 'manual', ...options });
  return { agent, lines, server, get, registry };
}

const textOf = async (response: Response) => [response.status, await response.text()];

describe('/ready', () => {
  it('answers in Promtail’s words', async () => {
    const { agent, get } = await start();
    expect(await textOf(await get('/ready'))).toEqual([
      500,
      'Not ready: Unable to find any logs to tail. Please verify permissions, volumes, scrape_config, etc.\n',
    ]);
    agent.isReady = true;
    const response = await get('/ready');
    expect(response.headers.get('content-length')).toBe('5');
    expect(await textOf(response)).toEqual([200, 'Ready']);
  });

  it('asks no target when told so', async () => {
    const { get } = await start('health_check_target: false');
    expect((await get('/ready')).status).toBe(200);
  });
});

describe('/metrics', () => {
  it('shows the agent’s own and those of pipelines, and counts requests', async () => {
    const { registry } = agentRegistry('1.2.3');
    const { get } = await start('', registry);
    await get('/ready');
    const response = await get('/metrics');
    const page = await response.text();
    expect(response.headers.get('content-type')).toBe(
      'text/plain; version=0.0.4; charset=utf-8; escaping=underscores',
    );
    expect(page).toContain('\npromtail_custom_x 1\n');
    expect(page).toMatch(/^promtail_build_info\{.*version="1\.2\.3"\} 1$/m);
    expect(page).toContain('\npromtail_config_reload_success_total 0\n');
    expect(page).toContain(
      'request_duration_seconds_count{method="GET",route="ready",status_code="500",ws="false"} 1\n',
    );
    expect(page).toMatch(/^process_resident_memory_bytes \S+$/m);
  });

  it('is zipped, and OpenMetrics, for those who ask', async () => {
    const { get, server } = await start();
    const open = await get('/metrics', {
      headers: { accept: 'application/openmetrics-text; version=1.0.0' },
    });
    expect(await open.text()).toMatch(/# EOF\n$/);
    const zipped = await new Promise<Buffer>((resolve, reject) => {
      const asked = request({
        host: '127.0.0.1',
        port: server.port,
        path: '/metrics',
        headers: { 'accept-encoding': 'gzip' },
      });
      asked.on('response', async (response) => resolve(Buffer.concat(await response.toArray())));
      asked.on('error', reject).end();
    });
    expect(gunzipSync(zipped).toString()).toContain('promtail_custom_x 1');
  });

  it('is absent without register_instrumentation', async () => {
    const { get } = await start('register_instrumentation: false');
    expect(await textOf(await get('/metrics'))).toEqual([404, '404 page not found\n']);
  });
});

describe('pages', () => {
  it('show targets, discovery and config as HTML, escaped', async () => {
    const { get } = await start();
    const targets = await (await get('/targets')).text();
    expect(targets).toContain('audit (1/1 ready)');
    expect(targets).toContain('<code>job=&#34;&#60;a&#62;&#34;</code>'.replaceAll('&#34;', '"'));
    const discovery = await (await get('/service-discovery')).text();
    expect(discovery).toContain('audit (1/102 active targets)');
    expect(discovery.match(/Dropped: dropped target/g)).toHaveLength(100);
    expect(await (await get('/config')).text()).toContain('# &#60;secret&#62;');
  });

  it('show the same as JSON', async () => {
    const { get } = await start();
    const json = async (path: string) =>
      (await get(path, { headers: { accept: 'application/json' } })).json();
    expect(await json('/targets')).toEqual([
      {
        job: 'audit',
        targets: [
          {
            type: 'File',
            ready: true,
            discovered_labels: { __path__: '/var/log/*.log' },
            labels: { job: '<a>' },
            details: { '/var/log/a.log': 12 },
          },
        ],
      },
    ]);
    expect(await json('/service-discovery')).toMatchObject([{ dropped_total: 101 }]);
    expect(await json('/config')).toEqual({ config: 'server: {}\n# <secret>\n' });
  });

  it('are under the prefix, where / leads to the targets', async () => {
    const { get } = await start('http_path_prefix: /agent/\nexternal_url: http://proxy/base/');
    const root = await get('/agent/');
    expect([root.status, root.headers.get('location')]).toEqual([303, '/base/agent/targets']);
    expect((await get('/agent/targets')).status).toBe(200);
    expect((await get('/targets')).status).toBe(404);
  });
});

describe('/reload', () => {
  it('is there when enabled, for any method', async () => {
    const { agent, get } = await start('enable_runtime_reload: true');
    expect(await textOf(await get('/reload', { method: 'PUT' }))).toEqual([200, '']);
    agent.reloadError = new Error('config has not changed');
    expect(await textOf(await get('/reload'))).toEqual([
      500,
      'failed to reload config: config has not changed\n',
    ]);
    expect(agent.reloads).toBe(2);
  });

  it('is absent otherwise', async () => {
    const { agent, get } = await start();
    expect((await get('/reload', { method: 'POST' })).status).toBe(404);
    expect(agent.reloads).toBe(0);
  });
});

it('tells and sets the log level', async () => {
  const { agent, get } = await start();
  expect(await textOf(await get('/log_level'))).toEqual([200, 'info\n']);
  expect(await textOf(await get('/log_level?log_level=debug', { method: 'POST' }))).toEqual([200, 'debug\n']);
  expect(agent.logLevel).toBe('debug');
  expect((await get('/log_level?log_level=loud', { method: 'POST' })).status).toBe(400);
});
