import { readFileSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { kubernetesAuditWebhook } from '../../../src/targets/kubernetes-audit-webhook/kubernetes-audit-webhook.js';
import type { WebhookTarget } from '../../../src/targets/kubernetes-audit-webhook/webhook-target.js';
import { Authority } from '../../support/certificates.js';
import { decodeOptions, TargetRig } from '../../support/target-rig.js';
import { tempDir } from '../../support/temp-dir.js';

const posted = readFileSync(join(import.meta.dirname, 'posted.json'), 'utf8');
const written = readFileSync(join('test', 'fixtures', 'audit-events.jsonl'), 'utf8')
  .trimEnd()
  .split('\n');

const list = (...items: string[]) =>
  `{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":[${items.join()}]}\n`;
const restored = (item: string) => `{"kind":"Event","apiVersion":"audit.k8s.io/v1",${item.slice(1)}`;
const event = (id: number | string) =>
  `{"level":"Metadata","auditID":"${id}","stageTimestamp":"2026-03-02T08:15:04.000000Z"}`;

async function start({ options = '', rules = '[]' }: { options?: string; rules?: string } = {}) {
  const rig = new TargetRig();
  const text = `server: {http_listen_address: 127.0.0.1}\n${options}`;
  const { port } = (await rig.start(kubernetesAuditWebhook, text, rules)) as WebhookTarget;
  const url = (path: string) => `http://127.0.0.1:${port}${path}`;
  const post = async (body: string, { path = '/audit', headers = {} } = {}) => {
    const response = await fetch(url(`${path}?timeout=30s`), { method: 'POST', body, headers });
    return {
      status: response.status,
      text: await response.text(),
      retryAfter: response.headers.get('retry-after'),
    };
  };
  const events = () => rig.metric('auditail_audit_webhook_events_total');
  return { rig, port, url, post, events };
}

const ok = { status: 200, text: '', retryAfter: null };

it("hands on what API servers post as the lines of their log, at the events' times", async () => {
  const { rig, post, events } = await start({ options: 'labels: {job: kube-audit}' });
  expect(await post(posted)).toEqual(ok);
  expect(rig.sink.lines).toEqual(written);
  const [first] = rig.sink.received;
  expect(first!.labels).toBe('{job="kube-audit"}');
  expect(first!.time).toBe(BigInt(Date.parse('2026-03-02T08:15:04Z')) * 1_000_000n + 121_950_000n);
  expect(await events()).toEqual({ 'job,/audit,taken': written.length });
});

it('knows an API server by its path', async () => {
  const options = `labels: {job: kube-audit, instance: none}
paths:
  - {path: /audit/a, labels: {instance: cp-a}}
  - {path: /audit/b}`;
  const rules = `[{source_labels: [__kubernetes_audit_webhook_path], target_label: path},
{source_labels: [__kubernetes_audit_webhook_client_address], target_label: from}]`;
  const { rig, post } = await start({ options, rules });
  expect(await post(list(event(1)), { path: '/audit/a' })).toEqual(ok);
  expect(await post(list(event(1)), { path: '/audit/b' })).toEqual(ok);
  expect((await post(list(event(1)))).status).toBe(404);
  expect(rig.sink.received.map(({ labels }) => labels)).toEqual([
    '{from="127.0.0.1", instance="cp-a", job="kube-audit", path="/audit/a"}',
    '{from="127.0.0.1", instance="none", job="kube-audit", path="/audit/b"}',
  ]);
});

it('drops what rules say to drop', async () => {
  const rules = '[{source_labels: [__kubernetes_audit_webhook_path], regex: /audit, action: drop}]';
  const { rig, post, events } = await start({ rules });
  expect(await post(list(event(1)))).toEqual(ok);
  expect(rig.sink.lines).toEqual([]);
  expect(await events()).toEqual({ 'job,/audit,dropped': 1 });
});

describe('an event that cannot be one', () => {
  it('costs its neighbours nothing, and leaves a notice', async () => {
    const file = join(tempDir(), 'quarantine.jsonl');
    const { rig, post, events } = await start({
      options: `max_event_size: 2KB\nquarantine: {file: ${file}}`,
    });
    const long = `{"requestURI":"${'x'.repeat(5000)}"}`;
    expect(await post(list(event(1), 'null', event(2), '{"a":tru}', long, event(3)))).toEqual(ok);
    const notice = (reason: string, length: number) =>
      expect.stringMatching(
        `^{"kind":"Quarantined","apiVersion":"auditail.io/v1","reason":"${reason}","length":${length},"sha256":"[0-9a-f]{64}"}$`,
      );
    expect(rig.sink.lines).toEqual([
      restored(event(1)),
      notice('not_event', 4),
      restored(event(2)),
      notice('not_event', 9),
      notice('too_long', long.length),
      restored(event(3)),
    ]);
    expect(rig.sink.received.map(({ entry }) => entry.metadata?.pairs()[0]?.join())).toEqual([
      undefined,
      'quarantined,not_event',
      undefined,
      'quarantined,not_event',
      'quarantined,too_long',
      undefined,
    ]);
    const kept = readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map((text) => JSON.parse(text));
    expect(kept.map(({ reason, length, line }) => [reason, length, line])).toEqual([
      ['not_event', undefined, 'null'],
      ['not_event', undefined, '{"a":tru}'],
      ['too_long', long.length, long.slice(0, 2048)],
    ]);
    expect(await events()).toEqual({ 'job,/audit,taken': 3, 'job,/audit,quarantined': 3 });
  });

  it('is told of when it is the whole body, or its end; what came whole is kept', async () => {
    const { rig, post } = await start();
    expect(await post('hello')).toMatchObject({ status: 400, text: 'the body is not JSON\n' });
    expect(await post('{"kind":"PodList","apiVersion":"v1","items":[{}]}')).toMatchObject({ status: 400 });
    expect(rig.sink.lines).toEqual([]);
    const cut = list(event(1), event(2)).slice(0, -20);
    expect(await post(cut)).toMatchObject({ status: 400, text: 'the list of events has no end\n' });
    expect(await post(cut)).toMatchObject({ status: 400 });
    expect(rig.sink.lines).toEqual([restored(event(1)), expect.stringContaining('Quarantined')]);
    expect(await rig.metric('auditail_refused_requests_total')).toEqual({ 'job,bad': 4 });
    expect(rig.logged).toContainEqual(
      expect.objectContaining({ path: '/audit', msg: 'cannot take what was posted: the body is not JSON' }),
    );
  });
});

it('keeps what came whole from an API server that is gone in the middle', async () => {
  const { rig, port, post } = await start();
  const body = list(event(1), event(2), event(3));
  const socket = connect(port, '127.0.0.1');
  socket.write(`POST /audit HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n`);
  socket.write(body.slice(0, body.indexOf('"3"')));
  await expect.poll(() => rig.registry.metrics()).toMatch(/_inflight_requests\{.*\} 1/);
  socket.destroy();
  await expect.poll(() => rig.metric('auditail_refused_requests_total')).toEqual({ 'job,gone': 1 });
  expect(rig.sink.lines).toEqual([event(1), event(2)].map(restored));
  expect(await post(body)).toEqual(ok);
  expect(rig.sink.lines).toEqual([event(1), event(2), event(3)].map(restored));
});

describe('a batch that comes again', () => {
  it('is answered for, and not handed on again', async () => {
    const { rig, post, events } = await start();
    const lines = [event(1), event(2), event(3)];
    expect(await post(list(...lines))).toEqual(ok);
    expect(await post(list(...lines))).toEqual(ok);
    // The same ID, and another event: clients choose the ID.
    const other = event(2).replace('Metadata', 'Request');
    expect(await post(list(event(2), other, other))).toEqual(ok);
    expect(rig.sink.lines).toEqual([...lines, other].map(restored));
    expect(await events()).toEqual({ 'job,/audit,taken': 4, 'job,/audit,repeated': 5 });
  });

  it('waits for what it was handed on in, as long as that is on its way', { timeout: 20_000 }, async () => {
    const { rig, post } = await start();
    rig.sink.settlesAtOnce = false;
    expect(await post(list(event(1)))).toMatchObject({ status: 503, retryAfter: '5' });
    const again = post(list(event(1), event(2)));
    await rig.expectLines([event(1), event(2)].map(restored));
    rig.sink.settleAll();
    expect(await again).toEqual(ok);
    expect(rig.sink.lines).toHaveLength(2);
  });

  it('is new when nothing is to be remembered', async () => {
    const { rig, post } = await start({ options: 'repeat_window: 0s' });
    for (let i = 0; i < 2; i++) expect(await post(list(event(1)))).toEqual(ok);
    expect(rig.sink.lines).toHaveLength(2);
  });
});

describe('too much', () => {
  const big = (id: number) => `{"auditID":"${id}","requestURI":"${'x'.repeat(12 * 1024 * 1024)}"}`;

  it('is sent away before it has been read, and taken later', { timeout: 30_000 }, async () => {
    const { rig, port, url, post } = await start();
    rig.sink.settlesAtOnce = false;
    const batches = [1, 2, 3, 4, 5].map((id) => list(big(id)));
    const waiting = batches.map((batch) => post(batch));
    await expect.poll(() => rig.sink.lines.length, { timeout: 20_000 }).toBe(5);
    // Not a byte of the body is sent.
    const socket = connect(port, '127.0.0.1');
    socket.write(`POST /audit HTTP/1.1\r\nHost: a\r\nContent-Length: ${batches[0]!.length}\r\n\r\n`);
    const answer = await new Promise<string>((resolve) =>
      socket.once('data', (data) => resolve(String(data))),
    );
    expect(answer).toMatch(/^HTTP\/1.1 429 .*retry-after: 5/is);
    socket.destroy();
    // Who does not say how long it is has to be read first.
    const stream = new Blob([list(big(6))]).stream();
    const unannounced = { method: 'POST', body: stream, duplex: 'half' } as RequestInit;
    expect((await fetch(url('/audit'), unannounced)).status).toBe(429);
    rig.sink.settleAll();
    for (const { status } of await Promise.all(waiting)) expect(status).toBe(200);
    rig.sink.settlesAtOnce = true;
    expect(await post(batches[0]!)).toEqual(ok);
    expect(rig.sink.lines).toHaveLength(5);
    expect(await post(list(big(6)))).toEqual(ok);
    expect(rig.sink.lines).toHaveLength(6);
  });

  it('of one body is refused, with an answer that its sender gets to read', async () => {
    const { rig, port, post } = await start({ options: 'max_body_size: 100KB' });
    const item = event('x'.repeat(1000));
    expect(await post(list(...Array<string>(200).fill(item)))).toMatchObject({ status: 413 });
    const status = await new Promise((resolve, reject) => {
      const request = httpRequest({ port, host: '127.0.0.1', path: '/audit', method: 'POST' }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      request.on('error', reject);
      request.write(list(item).slice(0, -3));
      // No end to it, and no length told in front.
      const more = () => {
        if (!request.destroyed) request.write(`,${item}`, more);
      };
      more();
    });
    expect(status).toBe(413);
    // What came whole before that is kept, once.
    expect(rig.sink.lines).toEqual([restored(item)]);
  });
});

describe('who may post', () => {
  it('brings a token, which may change', async () => {
    const dir = tempDir();
    const file = join(dir, 'token');
    const options = `bearer_token_file: ${file}
paths: [{path: /audit}, {path: /own, bearer_token: own-token}]`;
    const { rig, post } = await start({ options });
    const as = (token: string, path = '/audit') =>
      post(list(event(token)), { path, headers: { authorization: `Bearer ${token}` } }).then(
        ({ status }) => status,
      );
    expect(await as('first')).toBe(500);
    writeFileSync(file, 'first\n');
    expect(await as('first')).toBe(200);
    expect(await as('second')).toBe(401);
    expect((await post(list(event(0)))).status).toBe(401);
    writeFileSync(file, 'first\nsecond\n');
    expect([await as('first'), await as('second')]).toEqual([200, 200]);
    expect([await as('first', '/own'), await as('own-token', '/own')]).toEqual([401, 200]);
    expect(rig.sink.lines).toEqual(['first', 'second', 'own-token'].map((id) => restored(event(id))));
    expect(await rig.metric('auditail_refused_requests_total')).toEqual({ 'job,unauthorized': 3 });
    writeFileSync(file, '\n');
    expect(await as('')).toBe(401);
  });

  it('brings a certificate, whose name is a label', async () => {
    const authority = new Authority();
    const dir = tempDir();
    const write = (name: string, text: string) => {
      writeFileSync(join(dir, name), text);
      return join(dir, name);
    };
    const server = authority.issue();
    const rig = new TargetRig();
    const config = `server:
  http_listen_address: 127.0.0.1
  http_tls_config:
    cert_file: ${write('cert', server.cert)}
    key_file: ${write('key', server.key)}
    client_ca_file: ${write('ca', authority.cert)}
    client_auth_type: RequireAndVerifyClientCert`;
    const rules = '[{source_labels: [__kubernetes_audit_webhook_client_name], target_label: instance}]';
    const { port } = (await rig.start(kubernetesAuditWebhook, config, rules)) as WebhookTarget;
    const post = (credentials: object) =>
      new Promise<number | undefined>((resolve, reject) => {
        const options = { host: '127.0.0.1', port, path: '/audit', method: 'POST', agent: false };
        const request = httpsRequest({ ...options, ca: authority.cert, ...credentials }, (response) => {
          response.resume();
          resolve(response.statusCode);
        });
        request.on('error', reject);
        request.end(list(event(1)));
      });
    expect(await post(authority.issue({ name: 'cp-1' }))).toBe(200);
    expect(rig.sink.received.map(({ labels }) => labels)).toEqual(['{instance="cp-1"}']);
    await expect(post({})).rejects.toThrow();
    await expect(post(new Authority('another').issue({ name: 'cp-1' }))).rejects.toThrow();
  });
});

it('tells that it is there, and takes nothing but posts', async () => {
  const { url, post } = await start();
  expect(await (await fetch(url('/ready'))).text()).toBe('ready');
  expect((await fetch(url('/audit'))).status).toBe(405);
  expect(await post(list(), { headers: { 'content-encoding': 'gzip' } })).toMatchObject({ status: 415 });
  expect(await post(list())).toEqual(ok);
});

it.each([
  ['paths: []', 'paths: expected at least one path'],
  ['paths: [{path: audit}]', 'paths[0].path: expected a path that begins with a slash'],
  ['paths: [{path: /ready}]', 'paths[0].path: /ready tells whether the target is there'],
  ['paths: [{labels: {a: b}}, {path: /audit}]', 'paths: /audit stands here twice'],
  ['{bearer_token: a, bearer_token_file: b}', ': bearer_token and bearer_token_file are mutually exclusive'],
  ['max_event_size: 10', 'max_event_size: must be 1KB or more'],
])('refuses a config that makes no sense: %s', (text, message) => {
  expect(() => decodeOptions(kubernetesAuditWebhook, text)).toThrow(message);
});
