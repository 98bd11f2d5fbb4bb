import { describe, expect, it } from 'vitest';
import { groupOf } from '../../../src/pipeline/kubernetes-audit/user-group.js';
import { AuditPipeline, auditEvent, auditLines, auditOne, metadataOf } from '../../support/audit-stage.js';
import { decodeStages } from '../../support/stages.js';

describe('the ten events of the reference', () => {
  const { out } = new AuditPipeline().push(auditLines, { job: 'kube-audit' });

  it('become the same lines, byte for byte, not decoded', () => {
    expect(out.map(({ line }) => line.bytes?.toString('utf8', line.start, line.end))).toEqual(auditLines);
  });

  it('get the time of their stage', () => {
    expect([out[0]!.seconds, out[0]!.nanos]).toEqual([Date.UTC(2026, 2, 2, 8, 15, 4) / 1000, 121_950_000]);
  });

  it.each([
    [
      0,
      '{code="403", job="kube-audit", resource="configmaps", user="system:serviceaccounts:shop", verb="list"}',
    ],
    [1, '{code="101", job="kube-audit", resource="pods", user="dana@example.org", verb="get"}'],
    [
      2,
      '{code="200", job="kube-audit", resource="deployments", user="system:kube-controller-manager", verb="watch"}',
    ],
    [6, '{code="200", job="kube-audit", user="system:anonymous", verb="get"}'],
    [7, '{code="401", job="kube-audit", resource="pods", verb="list"}'],
  ])('%i has the labels %s', (index, stream) => {
    expect(out[index]!.labels.stream).toBe(stream);
  });

  it('keep what is no label as metadata', () => {
    expect(metadataOf(out[0]!)).toEqual({
      severity: 'warn',
      stage: 'ResponseComplete',
      audit_level: 'Metadata',
      decision: 'forbid',
      namespace: 'billing',
      username: 'system:serviceaccount:shop:cart',
      source_ip: '10.32.4.17',
      latency_ms: '1.65',
      audit_id: '5b0a2f0e-7c39-4f0e-9d2e-3c1f6f7a1e01',
    });
  });

  it('tell the peer, not what the client says before it', () => {
    expect(metadataOf(out[1]!).source_ip).toBe('10.32.0.4');
  });

  it('have no latency where the client decides how long it takes', () => {
    const latencies = out.map((entry) => metadataOf(entry).latency_ms);
    expect(latencies.slice(0, 4)).toEqual(['1.65', undefined, undefined, '4.409']);
  });

  it.each([
    ['04.120300', '04.120300', '0'],
    ['04.120300', '04.120305', '0.005'],
    ['04.120300', '04.120350', '0.05'],
    ['04.120300', '04.121300', '1'],
    ['04.120300', '04.220400', '100.1'],
    ['04.120300', '59.120300', '55000'],
    ['04.120300', '04.120200', undefined],
  ])('take from %s to %s', async (received, staged, latency) => {
    const line = auditEvent({
      requestReceivedTimestamp: `2026-03-02T08:15:${received}Z`,
      stageTimestamp: `2026-03-02T08:15:${staged}Z`,
    });
    expect((await auditOne(line)).metadata.latency_ms).toBe(latency);
  });

  it.each([
    [['10.32.0.4'], '10.32.0.4'],
    [['1.1.1.1', 'fe80::1%eth0'], 'fe80::1%eth0'],
    [['b\\c'], 'b\\c'],
    [['ümlaut'], 'ümlaut'],
    [[''], undefined],
    [[], undefined],
    [null, undefined],
    ['10.32.0.4', undefined],
  ])('come from %j', async (sourceIPs, address) => {
    expect((await auditOne(auditEvent({ sourceIPs }))).metadata.source_ip).toBe(address);
  });

  it('tell who is impersonated', () => {
    expect(metadataOf(out[5]!).impersonated_user).toBe('system:serviceaccount:kube-system:node-controller');
  });
});

it.each([
  ['', 'none', ''],
  ['system:anonymous', 'anonymous', 'system:anonymous'],
  ['system:node:wrk-17', 'node', 'system:nodes'],
  ['system:serviceaccount:shop:cart', 'serviceaccount', 'system:serviceaccounts:shop'],
  ['system:kube-scheduler', 'system', 'system:kube-scheduler'],
  ['dana@example.org', 'human', 'dana@example.org'],
])('groups the user %j as %s %j', (username, type, group) => {
  expect(groupOf(username)).toEqual({ type, group });
});

it.each([
  [{ requestReceivedTimestamp: undefined, timestamp: '2026-03-02T08:15:06Z' }, 4.12195],
  [{ stageTimestamp: undefined, timestamp: '2026-03-02T08:15:06Z' }, 4.1203],
  [{ stageTimestamp: null, requestReceivedTimestamp: null, timestamp: '2026-03-02T08:15:06Z' }, 6],
])('takes the best of the times that there are: %j', async (times, second) => {
  const { entry } = await auditOne(auditEvent(times));
  expect(entry.seconds + entry.nanos / 1e9).toBeCloseTo(Date.UTC(2026, 2, 2, 8, 15) / 1000 + second, 5);
});

it.each([
  ['200', undefined, 'info'],
  ['404', undefined, 'warn'],
  ['503', undefined, 'error'],
  ['500', 'Panic', 'error'],
])('takes code %s for severity', async (code, stage, severity) => {
  const line = auditEvent({ responseStatus: { code: Number(code) }, ...(stage && { stage }) });
  expect((await auditOne(line)).metadata.severity).toBe(severity);
});

it('labels by the profile lean, and keeps the rest as metadata under the same names', async () => {
  const { entry, metadata } = await auditOne(auditLines[0]!, { labels: 'lean' });
  expect(entry.labels.stream).toBe('{code_class="4xx", verb="list"}');
  expect(metadata).toMatchObject({
    user: 'system:serviceaccounts:shop',
    username: 'system:serviceaccount:shop:cart',
    resource: 'configmaps',
    code: '403',
  });
});

it('labels by a list of fields', async () => {
  const { entry, metadata } = await auditOne(auditLines[0]!, {
    labels: ['namespace', 'user_type'],
    metadata: [],
  });
  expect(entry.labels.stream).toBe('{namespace="billing", user_type="serviceaccount"}');
  expect(metadata).toEqual({});
});

it.each([
  [{ labels: ['audit_id'] }, /expected one of .*impersonated_user, not "audit_id"/],
  [{ labels: 'lena' }, /expected one of default, lean/],
  [{ redakt: {} }, /unknown key 'redakt', did you mean 'redact'/],
  [{ redact: { pattern: false } }, /unknown key 'pattern', did you mean 'patterns'/],
  [{ max_line_size: '100' }, /must be 1KB or more/],
])('refuses %j', (options, message) => {
  const { problems } = decodeStages(JSON.stringify([{ kubernetes_audit: options }]));
  expect(problems.errors.map((problem) => problem.message).join()).toMatch(message);
});

it('cuts long values of metadata to 256 bytes, between characters', async () => {
  const name = `${'a'.repeat(255)}ü`;
  const line = auditEvent({ objectRef: { resource: 'pods', name } });
  expect((await auditOne(line)).metadata.name).toBe('a'.repeat(255));
});

describe('the stream guard', () => {
  it('folds methods and codes that nobody knows', async () => {
    const line = auditEvent({ verb: 'frobnicate', responseStatus: { code: 299 } });
    const { entry } = await auditOne(line);
    expect([entry.labels.get('verb'), entry.labels.get('code')]).toEqual(['other', 'other']);
  });

  it('caps the values of a label, and counts what is past the cap', async () => {
    const pipeline = new AuditPipeline({ max_label_values: 2 });
    const lines = ['a', 'b', 'c', 'a', 'd'].map((resource) => auditEvent({ objectRef: { resource } }));
    const { out } = pipeline.push(lines);
    expect(out.map(({ labels }) => labels.get('resource'))).toEqual(['a', 'b', 'other', 'a', 'other']);
    for (const entry of out) entry.ack.done(entry.lines);
    expect(await pipeline.series()).toMatchObject({
      'label_overflow_total{label="resource",reason="values"}': 2,
    });
  });

  it('caps the streams whatever a client sends, and gives up the widest label first', () => {
    const pipeline = new AuditPipeline({ max_streams: 10 });
    const lines = Array.from({ length: 300 }, (_, index) =>
      auditEvent({
        verb: index % 2 === 0 ? 'get' : 'list',
        objectRef: { resource: `r${index % 100}` },
        user: { username: `u${index % 7}` },
      }),
    );
    const { out } = pipeline.push(lines, { job: 'a' });
    const streams = new Set(out.map(({ labels }) => labels.stream));
    expect(streams.size).toBeLessThanOrEqual(11);
    expect([...streams].at(-1)).toContain('user="other"');
  });

  it('makes room again for those that were silent for an hour', () => {
    const pipeline = new AuditPipeline({ max_label_values: 1 });
    const at = (resource: string, stageTimestamp: string) =>
      auditEvent({ objectRef: { resource }, stageTimestamp });
    const lines = [
      at('a', '2026-03-02T08:00:00.000000Z'),
      at('b', '2026-03-02T08:30:00.000000Z'),
      at('b', '2026-03-02T09:00:01.000000Z'),
    ];
    const { out } = pipeline.push(lines);
    expect(out.map(({ labels }) => labels.get('resource'))).toEqual(['a', 'other', 'b']);
  });

  it('makes no room of those that went on, whoever asked for them', () => {
    const pipeline = new AuditPipeline({ max_label_values: 2 });
    const at = (resource: string, verb: string, time: string) =>
      auditEvent({ objectRef: { resource }, verb, stageTimestamp: `2026-03-02T${time}:00.000000Z` });
    const lines = [
      at('a', 'get', '08:00'),
      at('b', 'get', '08:10'),
      at('a', 'list', '08:20'),
      at('a', 'get', '08:50'),
      at('a', 'list', '08:30'),
      at('c', 'get', '09:30'),
      at('b', 'get', '09:31'),
      at('a', 'get', '09:32'),
    ];
    const { out } = pipeline.push(lines);
    expect(out.map(({ labels }) => labels.get('resource'))).toEqual([
      'a',
      'b',
      'a',
      'a',
      'a',
      'c',
      'other',
      'a',
    ]);
  });

  it('bounds each label set by itself', () => {
    const pipeline = new AuditPipeline({ max_streams: 3 });
    const lines = ['a', 'b', 'c'].map((resource) => auditEvent({ objectRef: { resource } }));
    const first = pipeline.push(lines, { job: 'x' }).out.map(({ labels }) => labels.get('resource'));
    const second = pipeline.push(lines, { job: 'y' }).out.map(({ labels }) => labels.stream);
    const third = pipeline.push(lines, { job: 'x' }).out.map(({ labels }) => labels.get('resource'));
    expect(first).toEqual(['a', 'b', 'c']);
    expect(new Set(second).size).toBe(1);
    expect(second[0]).toMatch(/job="y", resource="other"/);
    expect(third).toEqual(first);
  });
});

it('makes the same of the same bytes', () => {
  const run = () =>
    new AuditPipeline()
      .push(auditLines, { job: 'a' })
      .out.map(({ labels, seconds, nanos, metadata, line }) => [
        labels.stream,
        seconds,
        nanos,
        metadata?.pairs(),
        line.text,
      ]);
  expect(run()).toEqual(run());
});
