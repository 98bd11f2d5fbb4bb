import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { AuditPipeline, auditEvent, auditLines, metadataOf } from '../../support/audit-stage.js';

const [first, second] = auditLines as [string, string];

describe('CloudWatch', () => {
  const record = {
    messageType: 'DATA_MESSAGE',
    owner: '123456789012',
    logGroup: '/aws/eks/prod/cluster',
    logStream: 'kube-apiserver-audit-0a1b',
    subscriptionFilters: ['f'],
    logEvents: [
      { id: '1', timestamp: 1_772_439_304_000, message: first },
      { id: '2', timestamp: 1_772_439_370_000, message: second },
    ],
  };

  it.each([
    ['a subscription record', JSON.stringify(record)],
    ['one as it is delivered', gzipSync(JSON.stringify(record)).toString('base64')],
  ])('takes the events out of %s', (_name, line) => {
    const { out, settled } = new AuditPipeline().push([line], { job: 'a' });
    expect(out.map((entry) => entry.line.text)).toEqual([first, second]);
    expect(out.map(({ labels }) => [labels.get('instance'), labels.get('cluster')])).toEqual([
      ['kube-apiserver-audit-0a1b', 'prod'],
      ['kube-apiserver-audit-0a1b', 'prod'],
    ]);
    expect(out[1]!.seconds).toBe(Date.UTC(2026, 2, 2, 8, 16, 10) / 1000);
    for (const entry of out) entry.ack.done(entry.lines);
    expect(settled()).toBe(2);
  });

  it("keeps the line's own labels", () => {
    const { out } = new AuditPipeline().push([JSON.stringify(record)], { instance: 'own' });
    expect(out[0]!.labels.get('instance')).toBe('own');
  });

  it.each([
    ['FilterLogEvents', { logStreamName: 'kube-apiserver-audit-0a1b', timestamp: 1, message: first }],
    ['Logs Insights', { '@logStream': 'kube-apiserver-audit-0a1b', '@message': first }],
  ])('takes one event as %s gives it', (_name, document) => {
    const { out } = new AuditPipeline().push([JSON.stringify(document)]);
    expect(out.map((entry) => [entry.line.text, entry.labels.get('instance')])).toEqual([
      [first, 'kube-apiserver-audit-0a1b'],
    ]);
  });

  it('drops the message that tests whether anybody is there, and counts it', () => {
    const pipeline = new AuditPipeline();
    const control = {
      messageType: 'CONTROL_MESSAGE',
      logEvents: [{ id: '', message: 'CWL CONTROL MESSAGE' }],
    };
    const { out, settled } = pipeline.push([JSON.stringify(control)]);
    expect([out.length, settled(), pipeline.dropped]).toEqual([0, 1, 1]);
  });

  it('ships what was cut, marked', () => {
    const cut = { ...record, logEvents: [{ id: '1', message: `${first.slice(0, 400)}[Truncated...]` }] };
    const { out } = new AuditPipeline().push([JSON.stringify(cut)]);
    expect(metadataOf(out[0]!)).toMatchObject({ unparsed: 'truncated' });
  });

  it('does not take every line with a message for one of its own', () => {
    const line = '{"level":"info","message":"started"}';
    const { out } = new AuditPipeline().push([line]);
    expect(out[0]!.line.text).toBe(line);
    expect(metadataOf(out[0]!).unparsed).toBe('not_event');
  });
});

describe('AKS', () => {
  const record = (log: string) => ({
    time: '2026-03-02T08:15:04.2Z',
    category: 'kube-audit',
    resourceId: '/SUBSCRIPTIONS/1/RESOURCEGROUPS/G/PROVIDERS/MICROSOFT.CONTAINERSERVICE/MANAGEDCLUSTERS/PROD',
    properties: { log, stream: 'stdout', pod: 'kube-apiserver-7d9f' },
  });

  it.each([
    [
      'the records of an Event Hub',
      { records: [record(`${first}\n`), record(`${second}\n`)] },
      [first, second],
    ],
    ['the one of a storage account', record(`${first}\n`), [first]],
  ])('takes the events out of %s', (_name, document, lines) => {
    const { out } = new AuditPipeline().push([JSON.stringify(document)]);
    expect(out.map((entry) => entry.line.text)).toEqual(lines);
    expect(out[0]!.labels.get('instance')).toBe('kube-apiserver-7d9f');
    expect(out[0]!.labels.get('cluster')).toBe('prod');
  });

  it('ships the texts of other categories', () => {
    const { out } = new AuditPipeline().push([
      JSON.stringify(record('I0302 08:15:04.1 main.go:1] started\n')),
    ]);
    expect([out[0]!.line.text, metadataOf(out[0]!).unparsed]).toEqual([
      'I0302 08:15:04.1 main.go:1] started',
      'not_json',
    ]);
  });
});

describe('GKE', () => {
  const entry = {
    protoPayload: {
      '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
      authenticationInfo: { principalEmail: 'dana@example.org' },
      authorizationInfo: [{ granted: true, permission: 'io.k8s.authorization.rbac.v1.clusterroles.create' }],
      methodName: 'io.k8s.authorization.rbac.v1.clusterroles.create',
      requestMetadata: { callerIp: '198.51.100.7', callerSuppliedUserAgent: 'kubectl/v1.34.1' },
      resourceName: 'rbac.authorization.k8s.io/v1/clusterroles/tmp',
      request: { '@type': 'rbac.authorization.k8s.io/v1.ClusterRole', n: 1 },
      status: { code: 7, message: 'denied' },
    },
    insertId: 'i',
    resource: { type: 'k8s_cluster', labels: { cluster_name: 'prod' } },
    timestamp: '2026-03-02T08:15:04.121950Z',
    labels: { 'authorization.k8s.io/decision': 'forbid', 'authorization.k8s.io/reason': '' },
    operation: { id: '5b0a2f0e', producer: 'k8s.io' },
    receiveTimestamp: '2026-03-02T08:15:09Z',
  };
  const line = JSON.stringify(entry).replace('"n":1', '"n":12345678901234567890');
  const { out } = new AuditPipeline().push([line]);

  it('turns a LogEntry back into the event it was', () => {
    expect(out).toHaveLength(1);
    expect(JSON.parse(out[0]!.line.text)).toMatchObject({
      kind: 'Event',
      apiVersion: 'audit.k8s.io/v1',
      level: 'Request',
      auditID: '5b0a2f0e',
      stage: 'ResponseComplete',
      requestURI: '/apis/rbac.authorization.k8s.io/v1/clusterroles/tmp',
      verb: 'create',
      user: { username: 'dana@example.org' },
      sourceIPs: ['198.51.100.7'],
      objectRef: {
        resource: 'clusterroles',
        name: 'tmp',
        apiGroup: 'rbac.authorization.k8s.io',
        apiVersion: 'v1',
      },
      responseStatus: { metadata: {}, message: 'denied', code: 403 },
      stageTimestamp: '2026-03-02T08:15:04.121950Z',
      annotations: {
        'authorization.k8s.io/decision': 'forbid',
        'auditail.io/source': 'gke',
        'auditail.io/invented': 'level,requestURI,stage',
      },
    });
    expect(out[0]!.line.text).toContain('12345678901234567890');
  });

  it('labels it like any other', () => {
    expect(out[0]!.labels.stream).toBe(
      '{cluster="prod", code="403", resource="clusterroles", user="dana@example.org", verb="create"}',
    );
    expect(metadataOf(out[0]!)).not.toHaveProperty('latency_ms');
  });

  it.each([
    [
      'io.k8s.core.v1.pods.exec.create',
      'core/v1/namespaces/shop/pods/cart/exec',
      undefined,
      { resource: 'pods', subresource: 'exec', namespace: 'shop', name: 'cart', apiVersion: 'v1' },
      201,
    ],
    [
      'io.k8s.core.v1.namespaces.delete',
      'core/v1/namespaces/shop',
      0,
      { resource: 'namespaces', name: 'shop', apiVersion: 'v1' },
      200,
    ],
    ['io.k8s.core.v1.nodes.list', 'core/v1/nodes', 5, { resource: 'nodes', apiVersion: 'v1' }, 404],
  ])('reads %s', (methodName, resourceName, code, objectRef, http) => {
    const protoPayload = { ...entry.protoPayload, methodName, resourceName, status: { code } };
    const { out } = new AuditPipeline().push([JSON.stringify({ ...entry, protoPayload })]);
    const event = JSON.parse(out[0]!.line.text) as { objectRef: object; responseStatus: { code: number } };
    expect(event.objectRef).toEqual(objectRef);
    expect(event.responseStatus.code).toBe(http);
  });
});

it('does not look for a wrapper within a wrapper', () => {
  const inner = JSON.stringify({ message: auditEvent(), logStream: 'a' });
  const { out } = new AuditPipeline().push([JSON.stringify({ message: inner, logStream: 'b' })]);
  expect(metadataOf(out[0]!).unparsed).toBe('not_event');
});

it('redacts what was wrapped', () => {
  const event = auditEvent({ objectRef: { resource: 'secrets' }, requestObject: { data: { a: 'hunter2' } } });
  const { out } = new AuditPipeline().push([JSON.stringify({ message: event, logStream: 'a' })]);
  expect(out[0]!.line.text).toContain('[redacted]');
});
