import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { AuditEvents } from '../../demo/audit/audit-events.js';
import type { Report } from '../../src/preflight/report.js';
import { type Finished, runAuditail } from '../support/run-auditail.js';
import { tempDir } from '../support/temp-dir.js';

const startMs = Date.parse('2026-03-02T08:00:00Z');

function line(n: number, fields: Record<string, unknown> = {}): string {
  return `${JSON.stringify({ ts: new Date(startMs + 1000 * n).toISOString(), level: n % 3 === 0 ? 'warn' : 'info', n, ...fields })}\n`;
}

const lines = (count: number) => Array.from({ length: count }, (_, n) => line(n)).join('');

const stages: object[] = [
  { json: { expressions: { ts: 'ts', level: 'level' } } },
  { timestamp: { source: 'ts', format: 'RFC3339Nano' } },
  { labels: { level: '' } },
];

interface Given {
  readonly log?: string;
  readonly pipeline?: object[];
  readonly client?: object;
  readonly config?: object;
}

/** A folder with a config, and a log if there is one to be. No Loki is there: nobody is to ask for one. */
function setUp({ log, pipeline = stages, client, config }: Given = {}) {
  const dir = tempDir();
  const path = join(dir, 'app.log');
  if (log !== undefined) writeFileSync(path, log);
  const file = join(dir, 'config.yaml');
  const written = {
    positions: { filename: join(dir, 'positions.yaml') },
    clients: [{ url: 'http://127.0.0.1:9/loki/api/v1/push', ...client }],
    scrape_configs: [
      {
        job_name: 'app',
        static_configs: [{ labels: { job: 'app', __path__: path } }],
        pipeline_stages: pipeline,
      },
    ],
    ...config,
  };
  writeFileSync(file, stringify(written));
  return { dir, path, file };
}

async function preflight(
  { file }: { file: string },
  ...words: string[]
): Promise<Finished & { report: Report; ids: string[] }> {
  const finished = await runAuditail('preflight', `-config.file=${file}`, '-output=json', ...words);
  const report = finished.stdout === '' ? (undefined as never) : (JSON.parse(finished.stdout) as Report);
  return { ...finished, report, ids: report?.findings.map(({ severity, id }) => `${severity} ${id}`) ?? [] };
}

/** As of the log's own time. */
const recorded = '-at=newest';

describe('what is measured', () => {
  it('tells files, streams, labels, rates and cost, and leaves nothing behind', async () => {
    const set = setUp({ log: lines(60) });
    const { code, report, ids } = await preflight(set, recorded);
    expect([code, ids]).toEqual([0, []]);
    const bytes = lines(60).length;
    expect(report).toMatchObject({
      url: 'http://127.0.0.1:9/loki/api/v1/push',
      files: [
        { path: set.path, readAs: set.path, job: 'app', lines: 60, bytes, unfinishedBytes: 0, error: null },
      ],
      lines: 60,
      bytes,
      entries: { count: 60, bytes: bytes - 60, metadataBytes: 0, withReadTime: 0 },
      time: { first: '2026-03-02T08:00:00.000Z', last: '2026-03-02T08:00:59.000Z', seconds: 59 },
      streams: {
        count: 2,
        mostActiveInAnHour: 2,
        labels: [
          {
            name: 'level',
            values: 2,
            top: [
              { value: 'info', lines: 40, streams: 1 },
              { value: 'warn', lines: 20, streams: 1 },
            ],
          },
          { name: 'filename', values: 1 },
          { name: 'job', values: 1 },
        ],
      },
      rates: { peak: line(10).length - 1, refusedBytes: 0 },
      refused: {},
    });
    expect(report.cost!.cpuSecondsPerGigabyte).toBeGreaterThan(0.1);
    expect(report.cost!.storedPerByte).toBeLessThan(0.5);
    expect(report.cost!.storedBytesPerDay).toBeGreaterThan(0);
    expect(readdirSync(set.dir).sort()).toEqual(['app.log', 'config.yaml']);
  });

  it('prints it for people, the verdict last', async () => {
    const set = setUp({ log: lines(60) });
    const { stdout } = await runAuditail('preflight', `-config.file=${set.file}`, recorded);
    expect(stdout).toMatch(/^file +.*app\.log, job app: 60 lines, 3\.\d KiB$/m);
    expect(stdout).toMatch(/^ {2}level +2 values: "info" 40, "warn" 20$/m);
    expect(stdout).toMatch(/^cost +[\d.]+ s of CPU a GB; .* are stored, about .* a day$/m);
    expect(stdout.split('\n').at(-2)).toBe('nothing would be lost or refused; 0 warnings');
  });

  it('tells what kubernetes_audit redacts, and keeps no quarantined line', async () => {
    const events = new AuditEvents({ startMs, eventsPerSecond: 100 });
    const quarantine = join(tempDir(), 'quarantine.jsonl');
    const log = `${Array.from({ length: 500 }, () => events.next()).join('\n')}\nno event, password=x\n`;
    const set = setUp({ log, pipeline: [{ kubernetes_audit: { quarantine: { file: quarantine } } }] });
    const { code, report, ids } = await preflight(set, recorded);
    expect(report.counted.redactions.last_applied).toBeGreaterThan(0);
    expect(report.counted).toMatchObject({ quarantined: { secret: 1 }, unparsed: { not_json: 1 } });
    expect(ids).toEqual(['warning quarantined', 'warning not_events']);
    expect(code).toBe(0);
    expect(existsSync(quarantine)).toBe(false);
  });

  it('leaves out what hangs on the pace of the lines, and says so', async () => {
    const set = setUp({
      log: lines(60),
      pipeline: [
        ...stages,
        { match: { selector: '{job="app"}', stages: [{ limit: { rate: 1, burst: 1, drop: true } }] } },
      ],
    });
    const { report } = await preflight(set, recorded);
    expect(report).toMatchObject({ entries: { count: 60 }, counted: { dropped: {} } });
    expect(report.findings).toMatchObject([
      { severity: 'warning', id: 'left_out', message: expect.stringMatching(/^job app: limit was left out/) },
    ]);
  });

  it('asks discoveries for their targets', async () => {
    const set = setUp({ log: lines(3) });
    const targets = join(set.dir, 'targets.json');
    writeFileSync(targets, JSON.stringify([{ labels: { job: 'found', __path__: set.path } }]));
    const job = { job_name: 'app', file_sd_configs: [{ files: [targets] }], pipeline_stages: stages };
    const { report } = await preflight(setUp({ config: { scrape_configs: [job] } }), recorded);
    expect(report).toMatchObject({ lines: 3, findings: [] });
    const silent = { ...job, file_sd_configs: [{ files: [join(set.dir, 'none.json')] }] };
    const { ids } = await preflight(
      setUp({ config: { scrape_configs: [silent] } }),
      '-discovery.timeout=200ms',
    );
    expect(ids).toEqual(['loss no_targets']);
  });

  it('counts what rules drop', async () => {
    const set = setUp({ log: lines(9), pipeline: [...stages, { drop: { source: 'level', value: 'warn' } }] });
    const { report } = await preflight(set, recorded);
    expect(report).toMatchObject({ entries: { count: 6 }, counted: { dropped: { drop_stage: 3 } } });
  });
});

describe('what Loki would refuse', () => {
  it.each<[string, Given, string[], string[]]>([
    ['long lines', { log: lines(3) + line(3, { x: 'x'.repeat(300_000) }) }, [], ['loss line_too_long']],
    [
      'long lines, unless it takes them',
      { log: lines(3) + line(3, { x: 'x'.repeat(300_000) }) },
      ['-loki.limits=max_line_size=1MB'],
      [],
    ],
    [
      'too many labels',
      { log: lines(3), client: { external_labels: labelsOf(14) } },
      [],
      ['loss max_label_names_per_series'],
    ],
    [
      'labels with long values',
      { log: lines(3), client: { external_labels: { long: 'x'.repeat(2049) } } },
      [],
      ['loss label_value_too_long'],
    ],
    ['lines behind the newest of their stream', { log: line(9000) + line(3) }, [], ['loss too_far_behind']],
    [
      'too many streams',
      { log: lines(9) },
      ['-loki.limits=max_global_streams_per_user=1'],
      ['loss too_many_streams'],
    ],
    [
      'bursts, for a while',
      { log: lines(60) + line(60, { x: 'x'.repeat(2000) }) },
      ['-loki.limits=per_stream_rate_limit=1KB,per_stream_rate_limit_burst=1KB'],
      ['warning per_stream_rate'],
    ],
    [
      'a rate that is too high for good',
      { log: lines(9) },
      ['-loki.limits=ingestion_rate=10,ingestion_burst_size=20'],
      ['loss ingestion_rate'],
    ],
    [
      'what the client itself drops',
      { log: lines(3), config: { limits_config: { max_line_size: 10 } } },
      [],
      ['loss line_too_long'],
    ],
  ])('finds %s', async (_, given, words, expected) => {
    const { code, ids } = await preflight(setUp(given), recorded, ...words);
    expect(ids).toEqual(expected);
    expect(code).toBe(expected.some((id) => id.startsWith('loss')) ? 1 : 0);
  });

  it('finds what is too old, or of the future, at a given time', async () => {
    const set = setUp({ log: lines(3) });
    expect((await preflight(set)).ids).toEqual(['loss greater_than_max_sample_age']);
    expect((await preflight(set, '-at=2026-03-02T08:00:10Z')).ids).toEqual([]);
    const { report } = await preflight(set, '-at=2026-03-01T08:00:00Z');
    expect(report.findings).toMatchObject([
      {
        id: 'too_far_in_future',
        message: expect.stringMatching(/^3 entries: more than 10 minutes ahead of the clock/),
      },
    ]);
  });

  it('warns of lines without a time, and of a last line without its newline', async () => {
    const set = setUp({ log: `${lines(3)}half a l`, pipeline: [] });
    expect((await preflight(set)).ids).toEqual(['warning no_last_newline', 'warning no_time']);
  });
});

describe('what would go wrong on this machine', () => {
  it('finds folders that are not there', async () => {
    const set = setUp({ config: { positions: { filename: '/nowhere/positions.yaml' } } });
    const config = { static_configs: [{ labels: { job: 'app', __path__: '/nowhere/logs/*.log' } }] };
    const other = setUp({ config: { scrape_configs: [{ job_name: 'app', ...config }] } });
    const { report, code } = await preflight(set);
    expect(code).toBe(1);
    expect(report.findings.map(({ message }) => message)).toEqual([
      `job app: ${set.path}: no file of that name yet`,
      'positions /nowhere/positions.yaml: there is no /nowhere',
    ]);
    expect((await preflight(other)).report.findings).toMatchObject([
      {
        severity: 'loss',
        id: 'no_directory',
        message: expect.stringContaining('there is no /nowhere; is it mounted?'),
      },
    ]);
  });

  it('finds a folder in which only compressed files are left', async () => {
    const set = setUp();
    writeFileSync(join(set.dir, 'app.log.1.gz'), gzipSync(lines(3)));
    const labels = { job: 'app', __path__: join(set.dir, '*.log') };
    const scrape_configs = [{ job_name: 'app', static_configs: [{ labels }] }];
    expect((await preflight(setUp({ config: { scrape_configs } }))).ids).toEqual(['loss no_live_file']);
    expect((await preflight(set)).report.findings).toMatchObject([
      {
        severity: 'loss',
        id: 'no_live_file',
        message: expect.stringContaining('only rotated compressed files (1, such as app.log.1.gz)'),
      },
    ]);
  });

  it('finds compressed files that would be shipped as they are, and none that are decompressed', async () => {
    const set = setUp();
    writeFileSync(set.path, gzipSync(lines(3)));
    expect((await preflight(set, recorded)).ids).toEqual(['loss compressed_as_text']);
    const job = { job_name: 'app', decompression: { enabled: true, format: 'gz' }, pipeline_stages: stages };
    const scrape_configs = [{ ...job, static_configs: [{ labels: { job: 'app', __path__: set.path } }] }];
    const { ids, report } = await preflight(setUp({ config: { scrape_configs } }), recorded);
    expect([ids, report.lines]).toEqual([[], 3]);
  });

  it('finds what another user may not read or write', async () => {
    const set = setUp({ log: lines(3) });
    chmodSync(set.dir, 0o755);
    chmodSync(set.path, 0o600);
    expect((await preflight(set, recorded, '-user=12345:12345')).ids).toEqual([
      'loss unreadable_file',
      'loss positions_not_writable',
    ]);
    chmodSync(set.path, 0o644);
    chmodSync(set.dir, 0o777);
    expect((await preflight(set, recorded, '-user=12345')).ids).toEqual([]);
    chmodSync(set.dir, 0o700);
    expect((await preflight(set, recorded, '-user=12345')).report.findings[0]).toMatchObject({
      id: 'unreadable_file',
      message: expect.stringContaining(`may not read ${set.dir} (mode 0700`),
    });
  });

  it('warns of rotated files that were there before the agent', async () => {
    const set = setUp({ log: lines(3) });
    writeFileSync(`${set.path}.1`, lines(3));
    expect((await preflight(set, recorded)).ids).toEqual(['warning rotated_before_first_start']);
    writeFileSync(join(set.dir, 'positions.yaml'), '');
    expect((await preflight(set, recorded)).ids).toEqual([]);
  });
});

describe('files that are named', () => {
  it('are read in the order of rotation, as part of the path they belong to', async () => {
    const set = setUp({ log: lines(3) });
    writeFileSync(`${set.path}.1`, lines(2));
    writeFileSync(`${set.path}.2.gz`, gzipSync(lines(1)));
    const { report } = await preflight(set, recorded, set.path, `${set.path}.1`, `${set.path}.2.gz`);
    expect(report.files.map(({ path, readAs, lines: count }) => [path, readAs, count])).toEqual([
      [`${set.path}.2.gz`, set.path, 1],
      [`${set.path}.1`, set.path, 2],
      [set.path, set.path, 3],
    ]);
  });

  it('may lie anywhere, with what the machine is like left out', async () => {
    const set = setUp();
    const sample = join(tempDir(), 'sample.json');
    writeFileSync(sample, lines(3));
    const { code, report } = await preflight(set, recorded, sample);
    expect([code, report.lines, report.files[0]!.readAs]).toEqual([0, 3, sample]);
    expect((await preflight(set, recorded, `-as=${set.path}`, sample)).report.files[0]!.readAs).toBe(
      set.path,
    );
  });

  it('need a job where there are several', async () => {
    const job = (name: string) => ({
      job_name: name,
      static_configs: [{ labels: { job: name, __path__: `/nowhere/${name}.log` } }],
      pipeline_stages: stages,
    });
    const set = setUp({ config: { scrape_configs: [job('a'), job('b')] } });
    const sample = join(tempDir(), 'sample.json');
    writeFileSync(sample, lines(3));
    expect(await preflight(set, sample)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('(-as) or whose it is (-job)'),
    });
    expect((await preflight(set, recorded, '-job=b', sample)).report.files[0]!.job).toBe('b');
    expect((await preflight(set, recorded, '-as=/nowhere/a.log', sample)).report.files[0]!.job).toBe('a');
  });

  it('that cannot be read are findings', async () => {
    const set = setUp();
    mkdirSync(join(set.dir, 'folder'));
    const broken = join(set.dir, 'broken.gz');
    writeFileSync(broken, gzipSync(lines(3)).subarray(0, 40));
    const { code, ids } = await preflight(
      set,
      recorded,
      join(set.dir, 'folder'),
      broken,
      join(set.dir, 'gone'),
    );
    expect([code, ids]).toEqual([
      1,
      ['loss unreadable_file', 'loss unreadable_file', 'loss unreadable_file', 'warning no_lines'],
    ]);
  });
});

describe('the command line', () => {
  it.each([
    [[], "preflight needs the agent's config: -config.file=…"],
    [['-config.file=/nowhere/x.yaml'], '/nowhere/x.yaml does not exist'],
    [['-nope'], 'flag provided but not defined: -nope'],
    [['-config.file=FILE', '-output=xml'], '-output takes text or json, not "xml"'],
    [['-config.file=FILE', '-at=soon'], 'invalid value "soon" for flag -at'],
    [['-config.file=FILE', '-loki.limits=max_lines=3'], 'no limit "max_lines"; there are max_line_size,'],
    [['-config.file=FILE', '-job=b'], 'the config has no job "b"'],
  ])('refuses %j with code 2', async (words, message) => {
    const { file } = setUp({ log: lines(3) });
    const finished = await runAuditail('preflight', ...words.map((word) => word.replace('FILE', file)));
    expect([finished.code, finished.stdout]).toEqual([2, '']);
    expect(finished.stderr).toContain(message);
  });

  it('takes flags behind files, and those of the agent', async () => {
    const set = setUp({ log: lines(3) });
    const finished = await runAuditail(
      'preflight',
      set.path,
      `-config.file=${set.file}`,
      recorded,
      '-output=json',
      '-client.external-labels=a=1',
      '-client.url=http://127.0.0.1:9/push',
      '-client=1',
    );
    expect(JSON.parse(finished.stdout).streams.labels).toContainEqual({
      name: 'a',
      values: 1,
      top: [{ value: '1', lines: 3, streams: 2 }],
    });
  });

  it('helps', async () => {
    const { code, stdout } = await runAuditail('preflight', '-help');
    expect(code).toBe(0);
    expect(stdout).toContain('Usage: auditail preflight -config.file=FILE [flags] [FILE…]');
    expect(stdout).toContain('  -loki.limits string\n');
  });

  it('leaves a command line alone that has the word elsewhere', async () => {
    const { file } = setUp({ log: lines(3) });
    const { code, stdout } = await runAuditail('-check-syntax', `-config.file=${file}`, 'preflight', '-nope');
    expect([code, stdout]).toEqual([0, 'Valid config file! No syntax issues found\n']);
  });
});

function labelsOf(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, n) => [`label_${n}`, 'x']));
}
