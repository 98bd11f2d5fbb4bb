import { appendFileSync, copyFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { stringify } from 'yaml';
import { LokiReceiver, type ReceiverOptions } from '../../demo/loki/receiver.js';
import type { VerdictReport } from '../../src/verify/verdict-report.js';
import { startAgent } from '../support/agent-process.js';
import { Authority } from '../support/certificates.js';
import { type Finished, runAuditail } from '../support/run-auditail.js';
import { tempDir } from '../support/temp-dir.js';
import { startFront } from './front.js';

const startMs = Date.parse('2026-03-02T08:00:00Z');

/** A line every 10 ms; `at` instead of its own time. */
function line(n: number, { at = startMs + 10 * n, level = n % 3 === 0 ? 'warn' : 'info' } = {}): string {
  return JSON.stringify({ ts: new Date(at).toISOString(), level, n });
}

function lines(from: number, to: number): string {
  return Array.from({ length: to - from }, (_, index) => `${line(from + index)}\n`).join('');
}

const stages = [
  { json: { expressions: { ts: 'ts', level: 'level' } } },
  { timestamp: { source: 'ts', format: 'RFC3339Nano' } },
  { labels: { level: '' } },
];

/** A folder with a log and a config, and the Loki that the config is about. */
async function setUp({ pipeline = stages, ...options }: ReceiverOptions & { pipeline?: object[] } = {}) {
  const dir = tempDir();
  const receiver = await LokiReceiver.start(options);
  onTestFinished(() => receiver.stop());
  const log = join(dir, 'app.log');
  const config = (url: string, log: string) => ({
    positions: { filename: join(dir, 'positions.yaml') },
    clients: [
      {
        url: `${url}/loki/api/v1/push`,
        tenant_id: 'team',
        batchwait: '50ms',
        external_labels: { site: 'here' },
      },
    ],
    scrape_configs: [
      {
        job_name: 'app',
        static_configs: [{ labels: { job: 'app', __path__: log } }],
        pipeline_stages: pipeline,
      },
    ],
  });
  return { dir, receiver, log, config };
}

type SetUp = Awaited<ReturnType<typeof setUp>>;

/** Ships what is in the log. */
async function ship({ dir, receiver, log, config }: SetUp, count: number): Promise<void> {
  const agent = await startAgent(config(receiver.url, log), { dir });
  await receiver.lines(count);
  await agent.stop();
}

async function verify(
  { dir, log, config }: SetUp,
  url: string,
  ...words: string[]
): Promise<Finished & { report: VerdictReport }> {
  const file = join(dir, 'verify.yaml');
  writeFileSync(file, stringify(config(url, log)));
  const finished = await runAuditail('verify', `-config.file=${file}`, '-wait=0s', '-output=json', ...words);
  return { ...finished, report: (JSON.parse(finished.stdout || '[]') as VerdictReport[])[0]! };
}

function withClient<C extends { clients: object[] }>(config: C, more: object): C {
  return { ...config, clients: config.clients.map((client) => ({ ...client, ...more })) };
}

describe('verify', () => {
  it('finds all that an agent has shipped, through rotation and compression', async () => {
    const set = await setUp();
    const { log, receiver } = set;
    writeFileSync(log, lines(0, 100));
    const agent = await startAgent(set.config(receiver.url, log), { dir: set.dir });
    await receiver.lines(100);
    renameSync(log, `${log}.1`);
    writeFileSync(log, lines(100, 150));
    await receiver.lines(150);
    await agent.stop();
    writeFileSync(`${log}.1.gz`, gzipSync(lines(0, 100)));
    renameSync(`${log}.1`, join(set.dir, 'elsewhere'));

    const { code, report } = await verify(set, receiver.url);
    expect(report).toMatchObject({
      verdict: 'complete',
      lines: 150,
      entries: 150,
      there: 150,
      missing: 0,
      gaps: [],
    });
    expect(report.files.map(({ path, readAs }) => [path, readAs])).toEqual([
      [`${log}.1.gz`, log],
      [log, log],
    ]);
    expect(code).toBe(0);
  });

  it('takes a rotated file under any of the names that it was read by', async () => {
    const set = await setUp();
    const glob = { ...set, config: (url: string, log: string) => set.config(url, `${log}*`) };
    writeFileSync(`${set.log}.1`, lines(0, 10));
    writeFileSync(set.log, lines(10, 20));
    await ship(glob, 20);
    expect(set.receiver.streams().map(({ labels }) => labels.filename)).toContain(`${set.log}.1`);
    const { report } = await verify(glob, set.receiver.url);
    expect(report.files.map(({ readAs }) => readAs)).toEqual([set.log, set.log]);
    expect(report).toMatchObject({ verdict: 'complete', there: 20 });
  });

  it('says what is missing, by time and stream', async () => {
    const set = await setUp();
    writeFileSync(set.log, lines(0, 40) + lines(52, 100));
    await ship(set, 88);
    const copy = join(set.dir, 'copy.log');
    writeFileSync(copy, lines(0, 100));

    const { code, report } = await verify(set, set.receiver.url, `-as=${set.log}`, copy);
    expect(code).toBe(1);
    expect(report).toMatchObject({ verdict: 'missing', entries: 100, there: 88, missing: 12 });
    const stream = (level: string) => `{filename="${set.log}", job="app", level="${level}", site="here"}`;
    expect(report.gaps).toEqual([
      {
        tenant: 'team',
        from: '2026-03-02T08:00:00.400000000Z',
        to: '2026-03-02T08:00:00.510000000Z',
        entries: 12,
        elsewhere: 0,
        expected: 12,
        streams: [
          { stream: stream('info'), entries: 8 },
          { stream: stream('warn'), entries: 4 },
        ],
      },
    ]);

    const told = await runAuditail(
      'verify',
      `-config.file=${join(set.dir, 'verify.yaml')}`,
      `-as=${set.log}`,
      copy,
    );
    expect(told.stdout.split('\n').slice(1)).toEqual([
      'gap  2026-03-02T08:00:00.400000000Z to 2026-03-02T08:00:00.510000000Z: 12 of 12 entries',
      `  8  ${stream('info')}`,
      `  4  ${stream('warn')}`,
      'missing: 88 of 100 entries are in Loki, missing 12',
      '',
    ]);

    const { report: later } = await verify(
      set,
      set.receiver.url,
      `-as=${set.log}`,
      '-since=2026-03-02T08:00:00.52Z',
      copy,
    );
    expect(later).toMatchObject({ verdict: 'complete', entries: 48, outside: 52 });
  });

  it('tells a line in another stream from one that is missing', async () => {
    const set = await setUp();
    writeFileSync(set.log, lines(0, 10));
    await ship(set, 10);
    const pipeline = [
      ...stages,
      { match: { selector: '{level="warn"}', stages: [{ static_labels: { level: 'loud' } }] } },
    ];
    const relabelled = {
      ...set,
      config: (url: string, log: string) => {
        const config = set.config(url, log);
        config.scrape_configs[0]!.pipeline_stages = pipeline;
        return config;
      },
    };
    const { code, report } = await verify(relabelled, set.receiver.url);
    expect(report).toMatchObject({ verdict: 'missing', there: 6, missing: 0, elsewhere: 4 });
    expect(code).toBe(1);
  });

  it('turns pages, also where one time has more lines than a page', async () => {
    const set = await setUp({ limits: { maxQueryEntries: 7 } });
    const sameTime = Array.from(
      { length: 20 },
      (_, n) => `${line(1000 + n, { at: startMs + 95, level: 'info' })}\n`,
    );
    writeFileSync(set.log, lines(0, 10) + sameTime.join('') + lines(10, 60));
    await ship(set, 80);
    appendFileSync(set.log, `${line(1, { at: startMs + 95, level: 'info' })}\n`);

    const { code, report } = await verify(set, set.receiver.url);
    expect(report).toMatchObject({ entries: 81, there: 80, missing: 1 });
    expect(report.gaps[0]).toMatchObject({ from: '2026-03-02T08:00:00.095000000Z', entries: 1 });
    expect(code).toBe(1);
  });

  it('asks about shorter times where Loki wants it so', async () => {
    const set = await setUp({ limits: { maxQueryLengthMs: 90 } });
    writeFileSync(set.log, lines(0, 100));
    await ship(set, 100);
    const front = await startFront(set.receiver);
    const { report } = await verify(set, front.url);
    expect(report).toMatchObject({ verdict: 'complete', there: 100 });
    expect(front.asked.length).toBeLessThan(30);
  });

  it('asks again while Loki is busy, with the tenant of the client', async () => {
    const set = await setUp();
    writeFileSync(set.log, lines(0, 10));
    await ship(set, 10);
    const front = await startFront(
      set.receiver,
      (_, index) => [{ status: 429, headers: { 'retry-after': '0' } }, { status: 503 }, undefined][index],
    );
    const { code, report, stderr } = await verify(set, front.url);
    expect([code, report.verdict]).toEqual([0, 'complete']);
    expect(stderr).toContain('Loki does not answer; asking again');
    expect(front.asked).toHaveLength(3);
    expect(front.asked[0]!.headers).toMatchObject({
      'x-scope-orgid': 'team',
      'x-loki-response-encoding-flags': 'categorize-labels',
    });
    expect(front.asked[0]!.query.get('query')).toBe('{job="app", site="here"}');
  });

  it('asks with the login and the authorities of the client', async () => {
    const authority = new Authority();
    const set = await setUp({ tls: authority.issue() });
    writeFileSync(join(set.dir, 'ca.pem'), authority.cert);
    writeFileSync(set.log, lines(0, 10));
    const withTls = {
      ...set,
      config: (url: string, log: string) =>
        withClient(set.config(url, log), {
          tls_config: { ca_file: join(set.dir, 'ca.pem') },
          basic_auth: { username: 'agent', password: 'secret' },
        }),
    };
    await ship(withTls, 10);
    expect((await verify(withTls, set.receiver.url)).report).toMatchObject({
      verdict: 'complete',
      there: 10,
    });
    const front = await startFront(set.receiver, () => ({ status: 403 }));
    const refused = await verify(withTls, front.url);
    expect(front.asked[0]!.headers.authorization).toBe(
      `Basic ${Buffer.from('agent:secret').toString('base64')}`,
    );
    expect([refused.code, refused.stderr]).toEqual([2, expect.not.stringContaining('secret')]);
  });

  it('asks the Loki of each client, or of the one that is named', async () => {
    const set = await setUp();
    const empty = await LokiReceiver.start();
    onTestFinished(() => empty.stop());
    writeFileSync(set.log, lines(0, 10));
    await ship(set, 10);
    const both = {
      ...set,
      config: (url: string, log: string) => {
        const config = set.config(url, log);
        const [client] = config.clients;
        return {
          ...config,
          clients: [
            { ...client!, name: 'full' },
            { ...client!, name: 'empty', url: `${empty.url}/loki/api/v1/push` },
            { type: 'none', name: 'none' },
          ] as never,
        };
      },
    };
    const file = join(set.dir, 'verify.yaml');
    writeFileSync(file, stringify(both.config(set.receiver.url, set.log)));
    const all = await runAuditail('verify', `-config.file=${file}`, '-wait=0s');
    expect(all.stdout.split('\n').filter((text) => /^(complete|missing):/.test(text))).toEqual([
      'complete: 10 of 10 entries are in Loki, missing 0',
      'missing: 0 of 10 entries are in Loki, missing 10',
    ]);
    expect([all.code, all.stderr]).toEqual([1, expect.stringContaining('client=none type=none')]);
    expect((await runAuditail('verify', `-config.file=${file}`, '-client=full')).code).toBe(0);
    expect((await runAuditail('verify', `-config.file=${file}`, '-client=none')).stderr).toContain(
      'none of the clients sends to Loki',
    );
    expect((await runAuditail('verify', `-config.file=${file}`, '-loki.url=http://x')).stderr).toContain(
      'say which: -client',
    );
    const elsewhere = await runAuditail(
      'verify',
      `-config.file=${file}`,
      '-client=empty',
      `-loki.url=${set.receiver.url}`,
    );
    expect(elsewhere.code).toBe(0);
  });

  it('waits for what is on its way', async () => {
    const set = await setUp();
    const at = Date.now() - 1000;
    writeFileSync(set.log, `${line(0, { at })}\n`);
    let agent: Promise<unknown> | undefined;
    const front = await startFront(set.receiver, () => {
      agent ??= ship(set, 1);
      return undefined;
    });
    expect((await verify(set, front.url, '-wait=60s')).report).toMatchObject({
      verdict: 'complete',
      there: 1,
    });
    expect(front.asked.length).toBeGreaterThan(1);
    await agent;
  });

  it('asks for fewer lines where an answer is too large for Loki', async () => {
    const set = await setUp();
    writeFileSync(set.log, lines(0, 50));
    await ship(set, 50);
    const body =
      'rpc error: code = ResourceExhausted desc = grpc: received message larger than max (5 vs. 4)';
    const front = await startFront(set.receiver, ({ query }) =>
      Number(query.get('limit')) > 30 ? { status: 500, body } : undefined,
    );
    expect((await verify(set, front.url)).report).toMatchObject({ verdict: 'complete', there: 50 });
  });

  it('takes a Loki that mixes metadata into labels', async () => {
    const set = await setUp({ pipeline: [...stages, { structured_metadata: { ts: '' } }] });
    writeFileSync(set.log, lines(0, 10));
    await ship(set, 10);
    const front = await startFront(set.receiver, (asked) => {
      delete (asked.headers as Record<string, unknown>)['x-loki-response-encoding-flags'];
      return undefined;
    });
    expect((await verify(set, front.url)).report).toMatchObject({ verdict: 'complete', there: 10 });
  });

  it('finds lines that are no UTF-8', async () => {
    const set = await setUp();
    const bytes = Buffer.concat([
      Buffer.from(line(1).slice(0, -1)),
      Buffer.from(',"x":"'),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('"}\n'),
    ]);
    writeFileSync(set.log, bytes);
    await ship(set, 1);
    expect((await verify(set, set.receiver.url)).report).toMatchObject({ verdict: 'complete', there: 1 });
  });

  it('asks for all lines that chance may have dropped', async () => {
    const set = await setUp({ pipeline: [...stages, { sampling: { rate: 0.5 } }] });
    writeFileSync(set.log, lines(0, 100));
    const agent = await startAgent(set.config(set.receiver.url, set.log), { dir: set.dir });
    await agent.waitForMetric('promtail_read_lines_total', (value) => value === 100);
    await agent.stop();
    const sent = set.receiver.entries().length;
    const { report } = await verify(set, set.receiver.url);
    expect(report).toMatchObject({
      entries: 100,
      there: sent,
      missing: 100 - sent,
      leftOut: ['job app: sampling'],
    });
  });

  it('does not count as missing what the agent may hold back as well', async () => {
    const set = await setUp({ pipeline: [{ kubernetes_audit: { drop_stages: ['RequestReceived'] } }] });
    const event = (stage: string, at: string, id: string) =>
      JSON.stringify({
        kind: 'Event',
        apiVersion: 'audit.k8s.io/v1',
        level: 'Metadata',
        auditID: id,
        stage,
        requestURI: '/version',
        verb: 'get',
        user: { username: 'dana' },
        requestReceivedTimestamp: at,
        stageTimestamp: at,
      });
    const now = new Date().toISOString();
    const log = [event('ResponseComplete', now, 'a'), event('RequestReceived', now, 'b')];
    writeFileSync(set.log, log.map((text) => `${text}\n`).join(''));
    // At its end it lets go of what it holds.
    await startAgent(set.config(set.receiver.url, set.log), { dir: set.dir });
    await set.receiver.lines(1);
    const { report } = await verify(set, set.receiver.url);
    expect(report).toMatchObject({ verdict: 'complete', entries: 1, held: 1 });
  });

  it('does not call complete what nobody can ask for', async () => {
    const set = await setUp({ pipeline: [] });
    writeFileSync(set.log, lines(0, 10));
    await ship(set, 10);
    const { code, report } = await verify(set, set.receiver.url);
    expect(report).toMatchObject({ verdict: 'unknown', entries: 0, unaskable: 10 });
    expect(code).toBe(2);
  });

  it.each([
    [{ status: 401, body: 'no org id' }, '401 no org id'],
    [{ status: 404, body: '404 page not found' }, '404 404 page not found'],
    [{ status: 200, body: '<html>' }, 'not the answer of a Loki: <html>'],
  ])('ends with 2 where it cannot ask: %j', async (refusal, message) => {
    const set = await setUp();
    writeFileSync(set.log, lines(0, 3));
    const front = await startFront(set.receiver, () => refusal);
    const { code, stdout, stderr } = await verify(set, front.url);
    expect([code, JSON.parse(stdout)]).toEqual([2, []]);
    expect(stderr).toContain(message);
  });

  it('refuses what it cannot make sense of, with code 2', async () => {
    const set = await setUp();
    expect(await verify(set, set.receiver.url)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no files to verify'),
    });
    copyFileSync('package.json', set.log);
    expect(await verify(set, set.receiver.url, '-since=yesterday')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('-since: expected a time'),
    });
    expect(await verify(set, set.receiver.url, '-client=nobody')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no client "nobody"'),
    });
  });
});
