import { describe, expect, it } from 'vitest';
import { AuditPipeline, auditEvent, auditLines, auditOne } from '../../support/audit-stage.js';

/** The series of these names that the line raises. */
async function counted(line: string, ...names: readonly string[]): Promise<Record<string, number>> {
  const { series } = await auditOne(line);
  return Object.fromEntries(Object.entries(series).filter(([key]) => names.includes(key.split('{', 1)[0]!)));
}

const deployer = { username: 'ci-bot' };
const created = { responseStatus: { code: 201 }, verb: 'create' };

it.each([
  [
    0,
    'requests_total',
    'requests_total{verb="list",resource="configmaps",subresource="",api_group="",code="403"}',
  ],
  [
    0,
    'denied_total',
    'denied_total{code="403",user_type="serviceaccount",user="system:serviceaccounts:shop",verb="list",resource="configmaps"}',
  ],
  [1, 'exec_total', 'exec_total{kind="exec",user_type="human",namespace="shop",outcome="begun"}'],
  [3, 'secret_reads_total', 'secret_reads_total{verb="get",user_type="human",namespace="billing"}'],
  [4, 'rbac_changes_total', 'rbac_changes_total{resource="rolebindings",verb="create",user_type="human"}'],
  [
    5,
    'impersonation_total',
    'impersonation_total{user_type="human",target_user_type="serviceaccount",decision="allow"}',
  ],
  [6, 'anonymous_total', 'anonymous_total{code="200",path="version"}'],
  [7, 'denied_total', 'denied_total{code="401",user_type="none",user="",verb="list",resource="pods"}'],
  [8, 'throttled_total', 'throttled_total{user_type="serviceaccount",resource="jobs"}'],
  [
    9,
    'pod_security_violations_total',
    'pod_security_violations_total{mode="audit",level="baseline",namespace="lab"}',
  ],
])('event %i of the reference raises %s', async (index, name, series) => {
  expect(await counted(auditLines[index]!, name)).toEqual({ [sorted(series)]: 1 });
});

/** The page has labels in the order of their names. */
function sorted(series: string): string {
  const [name, labels] = series.slice(0, -1).split('{') as [string, string];
  return `${name}{${labels
    .split(/,(?=\w+=)/)
    .sort()
    .join(',')}}`;
}

it('counts a request by its last event, and every event by its stage', async () => {
  const pipeline = new AuditPipeline();
  for (const entry of pipeline.push(auditLines).out) entry.ack.done(entry.lines);
  const series = await pipeline.series();
  const requests = Object.entries(series).filter(([key]) => key.startsWith('requests_total'));
  expect(requests.reduce((sum, [, value]) => sum + value, 0)).toBe(9);
  expect(series).toMatchObject({
    'events_total{audit_level="Metadata",stage="ResponseComplete"}': 6,
    'events_total{audit_level="Metadata",stage="ResponseStarted"}': 2,
    event_size_bytes_count: 10,
    'event_size_bytes_bucket{le="1024"}': 5,
    'last_event_timestamp_seconds{instance=""}': 1772439761.020456,
  });
});

describe('durations', () => {
  it('of requests are told apart from those of streams', async () => {
    expect(await counted(auditLines[3]!, 'request_duration_seconds_sum')).toEqual({
      'request_duration_seconds_sum{resource="secrets",verb="get"}': 0.004409,
    });
    expect(
      await counted(auditLines[2]!, 'stream_duration_seconds_sum', 'request_duration_seconds_sum'),
    ).toEqual({
      'stream_duration_seconds_sum{kind="watch"}': 451.001481,
    });
  });

  it('of components come from the annotations, but those of watches do not', async () => {
    expect(await counted(auditLines[8]!, 'slow_request_component_seconds_sum')).toEqual({
      'slow_request_component_seconds_sum{component="apf-queue-wait"}': 15.0004,
      'slow_request_component_seconds_sum{component="authentication"}': 0.0002105,
    });
    expect(await counted(auditLines[2]!, 'slow_request_component_seconds_sum')).toEqual({});
  });

  it.each([
    ['1m2.5s', 62.5],
    ['812.3µs', 0.0008123],
    ['7ms', 0.007],
    ['soon', undefined],
    ['', undefined],
  ])('%j is %s seconds', async (text, seconds) => {
    const line = auditEvent({ annotations: { 'apiserver.latency.k8s.io/etcd': text } });
    const key = 'slow_request_component_seconds_sum';
    const expected =
      seconds === undefined ? {} : { [`${key}{component="etcd"}`]: expect.closeTo(seconds, 9) as number };
    expect(await counted(line, key)).toEqual(expected);
  });
});

describe('exec', () => {
  const exec = {
    verb: 'get',
    objectRef: { resource: 'pods', subresource: 'portforward', namespace: 'shop' },
  };
  it.each([
    [
      'ResponseStarted',
      101,
      { 'exec_total{kind="portforward",namespace="shop",outcome="begun",user_type="human"}': 1 },
    ],
    ['ResponseComplete', 101, {}],
    [
      'ResponseComplete',
      403,
      { 'exec_total{kind="portforward",namespace="shop",outcome="refused",user_type="human"}': 1 },
    ],
    ['RequestReceived', undefined, {}],
  ])('%s %s', async (stage, code, series) => {
    expect(await counted(auditEvent({ ...exec, stage, responseStatus: { code } }), 'exec_total')).toEqual(
      series,
    );
  });
});

it.each([
  ['/healthz', 'health'],
  ['/readyz/etcd?verbose', 'health'],
  ['/version?timeout=32s', 'version'],
  ['/apis', 'discovery'],
  ['/openapi/v2', 'discovery'],
  ['/metrics', 'other'],
])('anonymous requests for %s are of class %s', async (requestURI, path) => {
  const line = auditEvent({ requestURI, user: { username: 'system:anonymous' }, objectRef: undefined });
  expect(await counted(line, 'anonymous_total')).toEqual({
    [`anonymous_total{code="200",path="${path}"}`]: 1,
  });
});

describe('changes', () => {
  it.each([
    ['clusterroles', 'update', 'rbac_changes_total{resource="clusterroles",user_type="human",verb="update"}'],
    [
      'validatingadmissionpolicies',
      'delete',
      'admission_config_changes_total{resource="validatingadmissionpolicies",user_type="human",verb="delete"}',
    ],
    [
      'mutatingwebhookconfigurations',
      'patch',
      'admission_config_changes_total{resource="mutatingwebhookconfigurations",user_type="human",verb="patch"}',
    ],
    ['namespaces', 'delete', 'namespace_deletes_total{user_type="human",verb="delete"}'],
  ])('of %s by %s', async (resource, verb, series) => {
    const names = ['rbac_changes_total', 'admission_config_changes_total', 'namespace_deletes_total'];
    const parts = { user: deployer, verb, objectRef: { resource } };
    expect(await counted(auditEvent(parts), ...names)).toEqual({ [series]: 1 });
    expect(await counted(auditEvent({ ...parts, requestURI: '/apis/x?dryRun=All' }), ...names)).toEqual({});
    expect(await counted(auditEvent({ ...parts, responseStatus: { code: 403 } }), ...names)).toEqual({});
    expect(await counted(auditEvent({ ...parts, verb: 'get' }), ...names)).toEqual({});
  });

  it('do not count a namespace that is made', async () => {
    const { series } = await auditOne(auditEvent({ ...created, objectRef: { resource: 'namespaces' } }));
    expect(Object.keys(series).join()).not.toContain('namespace_deletes');
  });
});

describe('annotations', () => {
  it.each([
    [{ 'audit.k8s.io/truncated': 'true' }, 'truncated_total', 'truncated_total'],
    [
      { 'k8s.io/deprecated': 'true', 'k8s.io/removed-release': '1.32' },
      'deprecated_api_total',
      'deprecated_api_total{api_group="",removed_release="1.32",resource="pods",version="v1"}',
    ],
    [
      { 'pod-security.kubernetes.io/exempt': 'namespace' },
      'pod_security_violations_total',
      'pod_security_violations_total{level="",mode="exempt",namespace="shop"}',
    ],
    [
      {
        'validation.policy.admission.k8s.io/validation_failure':
          '[{"policy":"p","message":"m"},{"policy":"p"}]',
      },
      'admission_policy_failures_total',
      'admission_policy_failures_total{policy="p"}',
    ],
    [
      { 'failed-open.validating.webhook.admission.k8s.io/round_0_index_1': 'w.example.org' },
      'webhook_fail_open_total',
      'webhook_fail_open_total{webhook="w.example.org"}',
    ],
    [
      { 'authentication.k8s.io/stale-token': 'x' },
      'long_lived_token_total',
      'long_lived_token_total{kind="stale"}',
    ],
    [
      { 'authentication.k8s.io/legacy-token': 'x', 'authentication.k8s.io/legacy-token-manual-secret': 'y' },
      'long_lived_token_total',
      'long_lived_token_total{kind="legacy"}',
    ],
    [
      { 'authentication.k8s.io/legacy-token-invalidated': 'x' },
      'long_lived_token_total',
      'long_lived_token_total{kind="invalidated"}',
    ],
  ])('%j', async (annotations, name, series) => {
    expect(await counted(auditEvent({ annotations }), name)).toEqual({ [series]: 1 });
  });

  it.each([
    { 'validation.policy.admission.k8s.io/validation_failure': 'no JSON' },
    { 'validation.policy.admission.k8s.io/validation_failure': '[null, 5, {"policy":7}]' },
    { 'audit.k8s.io/truncated': 'false' },
    { 'k8s.io/deprecated': 5 },
  ])('%j counts nothing', async (annotations) => {
    const names = ['admission_policy_failures_total', 'truncated_total', 'deprecated_api_total'];
    expect(await counted(auditEvent({ annotations }), ...names)).toEqual({});
  });

  it('a pod that is refused counts by the message', async () => {
    const message = 'pods "x" is forbidden: violates PodSecurity "restricted:latest": host namespaces';
    const line = auditEvent({ responseStatus: { message, code: 403 } });
    expect(await counted(line, 'pod_security_violations_total')).toEqual({
      'pod_security_violations_total{level="restricted",mode="enforce",namespace="shop"}': 1,
    });
  });
});

it('keeps the number of series bounded whatever clients send', async () => {
  const pipeline = new AuditPipeline();
  const lines = Array.from({ length: 20_000 }, (_, index) =>
    auditEvent({
      verb: `verb${index}`,
      user: { username: `user${index % 300}` },
      objectRef: { resource: `resource${index % 173}`, subresource: `s${index % 7}`, namespace: `n${index}` },
      responseStatus: { code: 403 },
    }),
  );
  for (const entry of pipeline.push(lines).out) entry.ack.done(entry.lines);
  const series = await pipeline.series();
  const of = (name: string) => Object.entries(series).filter(([key]) => key.startsWith(`${name}{`));
  expect(of('requests_total').length).toBeLessThanOrEqual(5001);
  expect(of('denied_total').length).toBeLessThanOrEqual(5001);
  expect(of('denied_total').reduce((sum, [, value]) => sum + value, 0)).toBe(20_000);
  expect(of('request_duration_seconds_count').length).toBeLessThanOrEqual(41);
});

it('counts nothing of this with signals: false, but still what it does itself', async () => {
  const line = auditEvent({ objectRef: { resource: 'secrets' }, requestObject: { data: { a: 'x' } } });
  const { series } = await auditOne(line, { signals: false });
  expect(Object.keys(series)).toEqual([
    'last_event_timestamp_seconds{instance=""}',
    'redactions_total{rule="secret"}',
  ]);
});

it('tells the time of the last event, though the first of a block has none', async () => {
  const pipeline = new AuditPipeline();
  const timeless = auditEvent({ requestReceivedTimestamp: undefined, stageTimestamp: undefined });
  const timed = auditEvent({ stageTimestamp: '2026-03-02T08:00:00.500000Z' });
  for (const entry of pipeline.push([timeless, timed]).out) entry.ack.done(entry.lines);
  expect(await pipeline.series()).toMatchObject({
    'last_event_timestamp_seconds{instance=""}': 1772438400.5,
  });
});

describe('counting once', () => {
  it('counts what is accepted, not what is read', async () => {
    const pipeline = new AuditPipeline();
    const { out, settled } = pipeline.push(auditLines);
    expect(await pipeline.series()).toEqual({});
    for (const entry of out.slice(1)) entry.ack.done(entry.lines);
    expect(await pipeline.series()).toEqual({});
    expect(settled()).toBe(0);
    out[0]!.ack.done(out[0]!.lines);
    expect(await pipeline.series()).toMatchObject({ event_size_bytes_count: 10 });
    expect(settled()).toBe(auditLines.length);
  });

  it('counts lines that are read again once, as the first time they were not accepted', async () => {
    const pipeline = new AuditPipeline();
    pipeline.push(auditLines);
    for (const entry of pipeline.push(auditLines).out) entry.ack.done(entry.lines);
    expect(await pipeline.series()).toMatchObject({ event_size_bytes_count: 10 });
  });

  it('counts once when an entry goes to several clients', async () => {
    const pipeline = new AuditPipeline();
    const { out } = pipeline.push([auditLines[0]!]);
    out[0]!.ack.add(1);
    out[0]!.ack.done(1);
    expect(await pipeline.series()).toEqual({});
    out[0]!.ack.done(1);
    expect(await pipeline.series()).toMatchObject({ event_size_bytes_count: 1 });
  });
});
