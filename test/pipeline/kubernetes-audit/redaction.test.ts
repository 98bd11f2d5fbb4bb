import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AuditPipeline, auditEvent, auditOne } from '../../support/audit-stage.js';

const secretRef = { resource: 'secrets', namespace: 'shop', name: 'pg', apiVersion: 'v1' };
const secret = {
  kind: 'Secret',
  apiVersion: 'v1',
  metadata: { name: 'pg', annotations: { note: 'kept' } },
  data: { password: 'aHVudGVyMg==', empty: '' },
  stringData: { user: 'hunter2' },
  type: 'Opaque',
};
const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJkYW5hIn0.c2lnbmF0dXJl';
const pem = '-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE\n-----END EC PRIVATE KEY-----';

/** As much of a shipped event as is looked at. */
interface Shipped {
  readonly requestURI: string;
  readonly requestObject: { readonly data: unknown };
  readonly responseObject: { readonly items: readonly unknown[] };
}

/** The shipped line, parsed, and how often each rule was counted. */
async function redact(parts: Record<string, unknown>, options: object = {}) {
  return redactLine(auditEvent(parts), options);
}

async function redactLine(line: string, options: object = {}) {
  const { entry, metadata, series } = await auditOne(line, { redact: options });
  const rules = Object.entries(series).flatMap(([name, value]) => {
    const rule = /^redactions_total\{rule="(.*)"\}$/.exec(name)?.[1];
    return rule === undefined ? [] : [[rule, value] as const];
  });
  return {
    text: entry.line.text,
    event: JSON.parse(entry.line.text) as Shipped,
    rules: Object.fromEntries(rules),
    redacted: metadata.redacted,
  };
}

describe('rule 1, objects', () => {
  it('takes the data of secrets, and keeps keys, types and the rest', async () => {
    const { event, rules, redacted } = await redact({
      objectRef: secretRef,
      requestObject: secret,
      responseObject: secret,
    });
    const clean = {
      ...secret,
      data: { password: '[redacted]', empty: '' },
      stringData: { user: '[redacted]' },
    };
    expect(event).toMatchObject({ requestObject: clean, responseObject: clean });
    expect(rules).toEqual({ secret: 4 });
    expect(redacted).toBe('4');
  });

  it.each([
    ['a list', { kind: 'SecretList', items: [secret, secret] }],
    ['a table', { kind: 'Table', rows: [{ cells: ['pg', 'Opaque', 2], object: secret }] }],
    ['a merge patch', { data: { password: 'aHVudGVyMg==', old: null }, stringData: { user: 'hunter2' } }],
    ['a JSON patch', [{ op: 'replace', path: '/data/password', value: 'aHVudGVyMg==' }]],
    ['a JSON patch of all data', [{ op: 'add', path: '/data', value: { password: 'aHVudGVyMg==' } }]],
    ['a JSON patch of the whole', [{ op: 'replace', path: '', value: secret }]],
    ['data that are no object', { data: ['aHVudGVyMg=='], stringData: 'hunter2' }],
    ['a text in place of the object', 'data: {password: hunter2}'],
  ])('finds the secret in %s', async (_name, body) => {
    const { text } = await redact({ objectRef: secretRef, requestObject: body });
    expect(text).not.toMatch(/hunter2|aHVudGVyMg/);
  });

  it('finds a key that is written with escapes', async () => {
    const line = auditEvent({ objectRef: secretRef, requestObject: { data: { a: 'hunter2' } } }).replace(
      '"data"',
      '"d\\u0061ta"',
    );
    expect((await redactLine(line)).text).not.toContain('hunter2');
  });

  it.each([
    ['tokenreviews', undefined, { spec: { token: 'hunter2' } }, 'token'],
    ['serviceaccounts', 'token', { kind: 'TokenRequest', status: { token: 'hunter2' } }, 'token'],
    ['certificatesigningrequests', undefined, { spec: { request: 'hunter2' } }, 'certificate'],
    ['certificatesigningrequests', 'status', { status: { certificate: 'hunter2' } }, 'certificate'],
    ['oauthaccesstokens', undefined, { userName: 'dana', authorizeToken: 'hunter2' }, 'oauth'],
    ['useroauthaccesstokens', undefined, { items: [{ metadata: { name: 'hunter2' } }] }, 'oauth'],
  ])('takes what is secret in %s %s', async (resource, subresource, body, rule) => {
    const { text, rules } = await redact({
      objectRef: { resource, ...(subresource && { subresource }) },
      responseObject: body,
    });
    expect(text).not.toContain('hunter2');
    expect(Object.keys(rules)).toEqual([rule]);
  });

  it('goes by the kind that the body tells, whatever the URL says', async () => {
    const body = { kind: 'List', items: [{ kind: 'ConfigMap', data: { a: 'kept' } }, secret] };
    const { event, text } = await redact({ objectRef: { resource: 'things' }, responseObject: body });
    expect(event.responseObject.items[0]).toEqual({ kind: 'ConfigMap', data: { a: 'kept' } });
    expect(text).not.toMatch(/hunter2|aHVudGVyMg/);
  });

  it('finds the kind after the data, and in a list of items without one', async () => {
    const late = { data: { a: 'hunter2' }, kind: 'Secret' };
    const list = { kind: 'SecretList', items: [{ data: { a: 'hunter2' } }] };
    const { text } = await redact({ requestObject: late, responseObject: list });
    expect(text).not.toContain('hunter2');
  });

  it('finds a kind that is written with escapes', async () => {
    const line = auditEvent({ requestObject: secret }).replace('"kind":"Secret"', '"kind":"\\u0053ecret"');
    expect((await redactLine(line)).text).not.toMatch(/hunter2|aHVudGVyMg/);
  });

  it.each([
    ['its kind', '{"kind":"Pod","kind":"Secret","data":{"a":"hunter2"}}'],
    ['its data', '{"kind":"Secret","data":{"a":"b"},"data":{"a":"hunter2"}}'],
    ['the path of a JSON patch', '[{"op":"add","path":"/a","path":"/data/a","value":"hunter2"}]'],
    ['the value of a JSON patch', '[{"op":"add","path":"/data/a","value":"b","value":"hunter2"}]'],
    ['a value that is an object', '[{"op":"add","path":"","value":1,"value":{"data":{"a":"hunter2"}}}]'],
  ])('finds a secret that tells %s twice', async (_name, body) => {
    const resource = body.startsWith('[') ? 'secrets' : 'things';
    const line = auditEvent({ objectRef: { resource }, requestObject: 0 });
    const { text } = await redactLine(line.replace('"requestObject":0', `"requestObject":${body}`));
    expect(text).toContain('[redacted]');
    expect(text).not.toContain('hunter2');
  });

  it.each([
    ['"resource"', '"res\\u006furce"'],
    ['"resource"', '"resource":"pods","\\u0072esource"'],
  ])('does not ship an event that says what it is about in disguise: %s as %s', async (key, disguise) => {
    const line = auditEvent({
      objectRef: { resource: 'secrets' },
      requestObject: { data: { a: 'hunter2' } },
    });
    const { text } = await redactLine(line.replace(key, disguise));
    expect(text).toContain('"Quarantined"');
    expect(text).not.toContain('hunter2');
  });

  it('keeps what AKS puts in place of a large body', async () => {
    const body = 'skipped-too-big-size-object';
    expect((await redact({ objectRef: secretRef, responseObject: body })).event.responseObject).toBe(body);
  });
});

describe('rule 2, URLs', () => {
  it.each([
    ['/api?token=abc', '/api?token=[redacted]'],
    ['/api?a=1&access_token=abc&b=2', '/api?a=1&access_token=[redacted]&b=2'],
    [
      '/api?X-Amz-Signature=abc&X-Amz-Credential=x',
      '/api?X-Amz-Signature=[redacted]&X-Amz-Credential=[redacted]',
    ],
    ['/api?PASSWORD=abc', '/api?PASSWORD=[redacted]'],
    ['/api?t%6fken=abc', '/api?t%6fken=[redacted]'],
    ['/proxy/x?a=1?secret=abc;signature=d', '/proxy/x?a=1?secret=[redacted];signature=[redacted]'],
  ])('%s becomes %s', async (requestURI, clean) => {
    expect((await redact({ requestURI })).event.requestURI).toBe(clean);
  });

  it.each([
    '/api?token=&limit=500',
    '/api?continue=eyJ2IjoxfQ',
    '/api/token=abc',
    '/api?timeout=7m31s&watch=true',
  ])('leaves %s alone', async (requestURI) => {
    const line = auditEvent({ requestURI });
    expect((await redactLine(line)).text).toBe(line);
  });

  it('finds them whatever came before, and however often', () => {
    const names = [
      'watch',
      'limit',
      'token',
      'Token',
      'tok%65n',
      'tokens',
      'x-amz-a',
      'sig',
      'si',
      'a'.repeat(40),
    ];
    const harmless = new Set(['watch', 'limit', 'tokens', 'si', 'a'.repeat(40)]);
    const pipeline = new AuditPipeline();
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...names), fc.constantFrom('&', ';', '?'))),
        (parameters) => {
          const uri = (isClean: boolean) =>
            parameters
              .map(([name, sign]) => `${sign}${name}=${isClean && !harmless.has(name) ? '[redacted]' : 'v'}`)
              .join('');
          const { out } = pipeline.push([auditEvent({ requestURI: `/api?${uri(false)}` })]);
          expect(JSON.parse(out[0]!.line.text).requestURI).toBe(`/api?${uri(true)}`);
        },
      ),
    );
  });

  it('takes the commands of exec by option', async () => {
    const parts = {
      requestURI: '/api/v1/namespaces/shop/pods/cart/exec?command=sh&command=hunter2&stdin=true',
      objectRef: { resource: 'pods', subresource: 'exec' },
    };
    expect((await redact(parts)).text).toContain('hunter2');
    expect((await redact(parts, { exec_commands: true })).event.requestURI).toBe(
      '/api/v1/namespaces/shop/pods/cart/exec?command=[redacted]&command=[redacted]&stdin=true',
    );
  });
});

describe('rule 3, patterns', () => {
  it.each([
    ['jwt', `a ${jwt} b`, 'a [redacted] b'],
    ['jwt', `${jwt}.${jwt}`, '[redacted].[redacted]'],
    ['private_key', `key: |\n${pem}\nend`, 'key: |\n[redacted]\nend'],
    ['private_key', pem.slice(0, 50), '[redacted]'],
    ['aws_key', 'id AKIAIOSFODNN7EXAMPLE.', 'id [redacted].'],
    ['bearer', 'Authorization: Bearer abc.def', 'Authorization: Bearer [redacted]'],
    ['bearer', 'authorization: bearer abc.def', 'authorization: bearer [redacted]'],
  ])('finds a %s', async (rule, text, clean) => {
    const { event, rules } = await redact({ requestObject: { spec: { args: [text] } } });
    expect(event.requestObject).toEqual({ spec: { args: [clean] } });
    expect(Object.keys(rules)).toEqual([rule]);
  });

  it('finds them in URLs and annotations, too', async () => {
    const { text } = await redact({
      requestURI: `/api/v1/proxy/${jwt}`,
      annotations: { 'mutation.webhook.admission.k8s.io/round_0_index_0': `{"patch":"${jwt}"}` },
    });
    expect(text).not.toContain('eyJzdWIi');
  });

  it.each(['/api?header=bearer%20hunter2', '/api/bearer+hunter2'])(
    'finds a bearer in %s',
    async (requestURI) => {
      expect((await redact({ requestURI })).text).not.toContain('hunter2');
    },
  );

  it.each([
    [jwt, 'eyJhbGci', '\\u0065yJhbGci'],
    [pem, 'PRIVATE KEY', 'PRIVATE\\u0020KEY'],
  ])('finds one that is written with escapes: %#', async (text, plain, written) => {
    const line = auditEvent({ requestObject: { a: text } }).replaceAll(plain, written);
    expect((await redactLine(line)).event.requestObject).toEqual({ a: '[redacted]' });
  });

  it('takes no longer for texts made to be slow', async () => {
    const hostile = [
      'eyJ'.repeat(60_000),
      'eyJ.'.repeat(40_000),
      '-----BEGIN PRIVATE KEY-----'.repeat(8000),
      'Bearer '.repeat(30_000),
    ];
    const start = performance.now();
    for (const text of hostile) await redact({ requestObject: { text } });
    expect(performance.now() - start).toBeLessThan(5000);
  });
});

describe('rule 4, copies', () => {
  it('takes the last applied configuration, and patches by webhooks', async () => {
    const { event, rules } = await redact({
      requestObject: {
        metadata: { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"a":"hunter2"}' } },
      },
      annotations: { 'patch.webhook.admission.k8s.io/round_0_index_0': '{"patch":"hunter2"}' },
    });
    expect(JSON.stringify(event)).not.toContain('hunter2');
    expect(rules).toEqual({ last_applied: 1, webhook_patch: 1 });
  });

  it.each([
    ['"patch.', '"p\\u0061tch.'],
    ['"patch.', '"patch\\u002e'],
    ['k8s.io/', 'k8s.io\\/'],
  ])('does not ship a patch whose key is written with escapes: %s as %s', async (plain, written) => {
    const key = 'patch.webhook.admission.k8s.io/round_0_index_0';
    const line = auditEvent({ annotations: { [key]: '{"patch":"hunter2"}' } });
    expect((await redactLine(line.replace(plain, written))).text).not.toContain('hunter2');
  });

  it.each(['\\u002d', '\\u002D'])('finds a copy whose key has %s for a dash', async (dash) => {
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': '{"a":"hunter2"}' };
    const line = auditEvent({ requestObject: { metadata: { annotations } } });
    const { text, rules } = await redactLine(line.replace('last-applied-', `last${dash}applied${dash}`));
    expect(text).not.toContain('hunter2');
    expect(rules).toEqual({ last_applied: 1 });
  });

  it('takes it from a JSON patch', async () => {
    const path = '/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration';
    const { text } = await redact({ requestObject: [{ op: 'add', path, value: '{"a":"hunter2"}' }] });
    expect(text).toContain('[redacted]');
    expect(text).not.toContain('hunter2');
  });
});

it('does what the switched off rules would not do', async () => {
  const off = { objects: false, urls: false, patterns: false, copies: false };
  const line = auditEvent({
    objectRef: secretRef,
    requestURI: `/api?token=${jwt}`,
    requestObject: secret,
  });
  expect((await redactLine(line, off)).text).toBe(line);
});

describe('rule 5, keys', () => {
  const options = { secret_keys: true };

  it('takes values of config maps whose keys sound secret', async () => {
    const { event, rules } = await redact(
      {
        objectRef: { resource: 'configmaps' },
        requestObject: { data: { DB_PASSWORD: 'hunter2', 'api-key': 'x', secretName: 'pg', color: 'red' } },
      },
      options,
    );
    expect(event.requestObject.data).toEqual({
      DB_PASSWORD: '[redacted]',
      'api-key': '[redacted]',
      secretName: 'pg',
      color: 'red',
    });
    expect(rules).toEqual({ key: 2 });
  });

  it('takes them from environments and custom resources, and nothing else', async () => {
    const pod = { spec: { key: 'a', containers: [{ env: [{ name: 'API_TOKEN', value: 'hunter2' }] }] } };
    const { event } = await redact({ requestObject: pod }, options);
    expect(event.requestObject).toEqual({
      spec: { key: 'a', containers: [{ env: [{ name: 'API_TOKEN', value: '[redacted]' }] }] },
    });
    const custom = {
      objectRef: { resource: 'dbs', apiGroup: 'example.org' },
      requestObject: { spec: { password: 5 } },
    };
    expect((await redact(custom, options)).event.requestObject).toEqual({ spec: { password: 0 } });
    const core = {
      objectRef: { resource: 'jobs', apiGroup: 'batch' },
      requestObject: { spec: { password: 'x' } },
    };
    expect((await redact(core, options)).event.requestObject).toEqual({ spec: { password: 'x' } });
  });
});

describe('rule 6, people and bodies', () => {
  const keyFile = join(mkdtempSync(join(tmpdir(), 'audit-')), 'key');
  writeFileSync(keyFile, 'a key of more than 16 bytes\n');

  it('puts the same hash for the same person, in the line, in labels and in metadata', async () => {
    const line = auditEvent({
      user: { username: 'dana@example.org', groups: ['sre'] },
      sourceIPs: ['198.51.100.7', '10.32.0.4'],
      responseStatus: { message: 'User "dana@example.org" cannot list pods', code: 403 },
      requestObject: { subjects: [{ kind: 'User', name: 'lee@example.org' }] },
    });
    const options = { redact: { pseudonym_key_file: keyFile }, labels: ['user'] };
    const { entry, metadata, series } = await auditOne(line, options);
    const event = JSON.parse(entry.line.text) as {
      user: { username: string };
      responseStatus: { message: string };
    };
    const { username } = event.user;
    expect(username).toMatch(/^hmac:[0-9a-f]{24}$/);
    expect(event.responseStatus.message).toBe(`User "${username}" cannot list pods`);
    expect(entry.labels.get('user')).toBe(username);
    expect(metadata.username).toBe(username);
    expect(metadata.source_ip).toMatch(/^hmac:/);
    expect(entry.line.text).not.toMatch(/dana|lee@|198\.51|10\.32\.0\.4/);
    expect(Object.keys(series).join()).not.toContain('dana');
  });

  it("keeps Kubernetes' own users", async () => {
    const line = auditEvent({ user: { username: 'system:node:wrk-17' } });
    const { metadata } = await auditOne(line, { redact: { pseudonym_key_file: keyFile } });
    expect(metadata.username).toBe('system:node:wrk-17');
  });

  it('refuses a key that is missing or short', async () => {
    writeFileSync(`${keyFile}2`, 'short\n');
    for (const path of [`${keyFile}1`, `${keyFile}2`])
      await expect(auditOne('', { redact: { pseudonym_key_file: path } })).rejects.toThrow(
        /key|no such file/,
      );
  });

  it('drops the bodies of resources', async () => {
    const { event, rules } = await redact(
      { requestObject: { a: 1 }, responseObject: [1] },
      { drop_bodies: ['pods'] },
    );
    expect(event).toMatchObject({ requestObject: {}, responseObject: [] });
    expect(rules).toEqual({ body: 2 });
  });
});

it('does not look into what nests too deep: the body goes', async () => {
  const body = `${'{"a":'.repeat(3000)}"hunter2"${'}'.repeat(3000)}`;
  const line = auditEvent({ objectRef: secretRef, requestObject: 0 }).replace(
    '"requestObject":0',
    `"requestObject":${body}`,
  );
  const { event, rules } = await redactLine(line);
  expect(event.requestObject).toEqual({});
  expect(rules).toEqual({ body: 1 });
});

it('finds what is in annotations that are no texts, or takes all of them when they nest too deep', async () => {
  const key = 'patch.webhook.admission.k8s.io/round_0_index_0';
  const shallow = await redact({ annotations: { [key]: { patch: ['hunter2'] }, other: { note: jwt } } });
  expect(shallow.event).toMatchObject({
    annotations: { [key]: { patch: ['[redacted]'] }, other: { note: '[redacted]' } },
  });
  const line = auditEvent({ annotations: { [key]: 0 } });
  const deep = await redactLine(line.replace(':0}', `:${'['.repeat(3000)}"hunter2"${']'.repeat(3000)}}`));
  expect(deep.event).toMatchObject({ annotations: {} });
  expect(deep.rules).toEqual({ body: 1 });
});

it('keeps long numbers and odd spacing outside of what it replaces', async () => {
  const line = auditEvent({ objectRef: secretRef, requestObject: 0 }).replace(
    '"requestObject":0',
    '"requestObject": {"n":12345678901234567890.10, "e":1e400, "data":{"a":"hunter2"}}',
  );
  expect((await redactLine(line)).text).toBe(line.replace('hunter2', '[redacted]'));
});
