import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { Registry } from 'prom-client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { LabelSets } from '../../src/entry/labels.js';
import { parseConfigText } from '../../src/fields/node.js';
import { Problems } from '../../src/fields/problems.js';
import { agentRegistry } from '../../src/metrics/agent-registry.js';
import { openAgentServer } from '../../src/server/agent-server.js';
import type { AgentView } from '../../src/server/agent-view.js';
import { serverSchema } from '../../src/server/server-schema.js';
import { recordedLog } from '../support/recorded-log.js';

const labels = new Map([['job', '<a>']]);
const file = {
  path: '/var/log/a.log',
  state: 'reading',
  offset: 1024,
  acknowledged: 512,
  size: 2048,
  lagBytes: 1024,
  backlogFiles: 2,
  prunedInSeconds: 90,
  lastError: 'cannot <read>',
};
const labelSets = new LabelSets();

function agentView(): AgentView & { isReady: boolean; reloads: number; reloadError: string | undefined } {
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
        waitingBytes: 512,
        discoveryErrors: ['pods: <forbidden>'],
        targets: [
          {
            type: 'File',
            isReady: true,
            discoveredLabels: new Map([['__path__', '/var/log/*.log']]),
            labels,
            details: () => ({ path: '/var/log/*.log', files: [file], readUnderAnotherPath: [] }),
          },
        ],
        droppedTargets: Array.from({ length: 101 }, () => ({
          discoveredLabels: labels,
          reason: 'dropped target',
        })),
        activity: {
          lines: 1234,
          linesPerSecond: 2.5,
          otherLines: 0,
          streams: [
            { labels: labelSets.of([['verb', 'get']]), lines: 1000 },
            { labels: labelSets.of([['verb', '<list>']]), lines: 234 },
          ],
        },
      },
    ],
    clients: [
      {
        name: 'loki',
        url: 'http://loki:3100/loki/api/v1/push',
        pendingEntries: 7,
        pendingBytes: 2048,
        pendingBatches: 1,
        sentEntries: 1220,
        droppedEntries: 0,
        lastStatus: 500,
        lastLatencyMs: 12.4,
        answers: [
          { status: 204, pushes: 1200, meanLatencyMs: 8.2 },
          { status: -1, pushes: 2, meanLatencyMs: 1000 },
        ],
        lastSentAtMs: undefined,
        lastError: 'server returned HTTP status 500: <oops>',
        lastErrorAtMs: Date.now(),
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
      if (this.reloadError !== undefined) throw new Error(this.reloadError);
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

  it('tells programs how far the agent is behind', async () => {
    const { agent, get } = await start();
    agent.isReady = true;
    const response = await get('/ready', { headers: { accept: 'application/json' } });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      ready: true,
      backlog_bytes: 1024,
      backlog_files: 2,
      pruned_in_seconds: 90,
    });
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
  it('show how the agent is doing', async () => {
    const { get } = await start();
    const page = await (await get('/')).text();
    expect(page).toContain('<dt>Lines a second</dt><dd>2.5</dd>');
    expect(page).toContain('<dt>Behind</dt><dd>1.5 KiB</dd>');
    expect(page).toContain('server returned HTTP status 500: &#60;oops&#62;');
    expect(page).toContain('12 ms');
    expect(page).toContain('<span class="pill good">204 &times; 1,200</span> 8 ms on average');
    expect(page).toContain('<span class="pill bad">none &times; 2</span> 1,000 ms on average');
    expect(page).toContain('<code class="label"><b>verb=</b>"&#60;list&#62;"</code>');
    expect(page).toMatch(/<h3>verb<\/h3><span class="soft">2 values/);
  });

  it('tell why the config was not reloaded', async () => {
    const { agent, get } = await start();
    expect(await (await get('/')).text()).not.toContain('not reloaded');
    agent.reloadError = 'line 3: <what>?';
    expect(await (await get('/')).text()).toContain('<pre class="error">line 3: &#60;what&#62;?</pre>');
    const json = await get('/', { headers: { accept: 'application/json' } });
    expect(await json.json()).toMatchObject({ reload_error: 'line 3: <what>?' });
  });

  it('show targets with their files, discovery and config, escaped', async () => {
    const { get } = await start();
    const targets = await (await get('/targets')).text();
    expect(targets).toContain('audit <small>1/1 ready &middot; 2.5 lines/s &middot; 512 B waiting</small>');
    expect(targets).toContain('<code class="label"><b>job=</b>"&#60;a&#62;"</code>');
    expect(targets).toContain('<span class="pill good">reading</span>');
    expect(targets).toContain('1.0 KiB / 2.0 KiB<progress value="1024" max="2048"></progress>');
    expect(targets).toContain('<p class="error">cannot &#60;read&#62;</p>');
    expect(targets).not.toContain('read under another path');
    expect(targets).toContain('<p class="error">pods: &#60;forbidden&#62;</p>');
    const discovery = await (await get('/service-discovery')).text();
    expect(discovery).toContain('audit <small>1/102 active targets</small>');
    expect(discovery.match(/>dropped target</g)).toHaveLength(100);
    expect(discovery).toContain('And 1 more dropped.');
    expect(discovery).toContain('<p class="error">pods: &#60;forbidden&#62;</p>');
    expect(await (await get('/config')).text()).toContain('# &#60;secret&#62;');
  });

  it('run no script and no style but their own', async () => {
    const { get } = await start();
    const response = await get('/');
    const policy = response.headers.get('content-security-policy')!;
    const page = await response.text();
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
    for (const [, tag, text] of page.matchAll(/<(script|style)>(.*?)<\/\1>/gs)) {
      const hash = createHash('sha256').update(text!).digest('base64');
      expect(policy).toContain(`${tag}-src 'sha256-${hash}'`);
    }
    expect(page).not.toMatch(/<[^>]* (style|on\w+)=/);
    expect(page).not.toMatch(/(src|href)="(https?:)?\/\//);
  });

  it('show the same as JSON', async () => {
    const { get } = await start();
    const json = async (path: string) =>
      (await get(path, { headers: { accept: 'application/json' } })).json();
    expect(await json('/')).toMatchObject({
      version: '1.2.3',
      ready: false,
      clients: [
        {
          name: 'loki',
          last_status: 500,
          pending_entries: 7,
          answers: [{ status: 204, pushes: 1200, mean_latency_ms: 8.2 }, { status: -1 }],
        },
      ],
      jobs: [{ job: 'audit', targets: 1, ready: 1, dropped: 101, lag_bytes: 1536, lines: 1234, streams: 2 }],
      streams: [
        { labels: { verb: 'get' }, lines: 1000 },
        { labels: { verb: '<list>' }, lines: 234 },
      ],
    });
    expect(await json('/targets')).toEqual([
      {
        job: 'audit',
        discovery_errors: ['pods: <forbidden>'],
        lines: 1234,
        lines_per_second: 2.5,
        waiting_bytes: 512,
        targets: [
          {
            type: 'File',
            ready: true,
            discovered_labels: { __path__: '/var/log/*.log' },
            labels: { job: '<a>' },
            details: { path: '/var/log/*.log', files: [file], readUnderAnotherPath: [] },
          },
        ],
      },
    ]);
    expect(await json('/service-discovery')).toMatchObject([
      { errors: ['pods: <forbidden>'], dropped_total: 101 },
    ]);
    expect(await json('/config')).toEqual({ config: 'server: {}\n# <secret>\n' });
  });

  it('are under the prefix, and link to one another there', async () => {
    const { get } = await start('http_path_prefix: /agent/\nexternal_url: http://proxy/base/');
    const root = await get('/agent/');
    expect(root.status).toBe(200);
    expect(await root.text()).toContain('<a href="/base/agent/targets">Targets</a>');
    expect((await get('/agent/targets')).status).toBe(200);
    expect((await get('/targets')).status).toBe(404);
  });
});

describe('/reload', () => {
  it('is there when enabled, for any method', async () => {
    const { agent, get } = await start('enable_runtime_reload: true');
    expect(await textOf(await get('/reload', { method: 'PUT' }))).toEqual([200, '']);
    agent.reloadError = 'config has not changed';
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
