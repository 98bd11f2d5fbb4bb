import { request as httpRequest } from 'node:http';
import { compress } from 'snappyjs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { lokiDefaults } from '../../../demo/loki/limits.js';
import { encodeProtobuf, type PushedEntry } from '../../../demo/loki/push-request.js';
import { LokiReceiver, type ReceiverOptions } from '../../../demo/loki/receiver.js';

const start = Date.parse('2026-03-02T08:00:00Z') / 1000;

describe('taking pushes', () => {
  it('keeps labels, times, bytes and metadata', async () => {
    const receiver = await startReceiver();
    const line = Buffer.from([0x61, 0xff, 0x00, 0x62]);
    const entry = { seconds: start, nanos: 123_456_789, line, metadata: { audit_id: 'x' } };
    expect(await push(receiver, '{b="2", a="1"}', [entry])).toEqual({ status: 204, body: '' });
    const [received] = receiver.entries();
    expect(received).toMatchObject({
      tenant: 'fake',
      labels: { a: '1', b: '2' },
      time: `${start}123456789`,
      metadata: { audit_id: 'x' },
    });
    expect(received?.bytes).toEqual(line);
    expect(receiver.streams().map(({ key }) => key)).toEqual(['{a="1", b="2"}']);
    expect(receiver.requests[0]).toMatchObject({ path: '/loki/api/v1/push', status: 204, tenant: '' });
  });

  it('takes JSON, on the new path and the old', async () => {
    const receiver = await startReceiver();
    const values = [['1772438400000000001', 'new', { k: 'v' }]];
    await post(receiver, '/loki/api/v1/push', { streams: [{ stream: { a: '1' }, values }] });
    const entries = [{ ts: '2026-03-02T08:00:00.000000002Z', line: 'old' }];
    await post(receiver, '/api/prom/push', { streams: [{ labels: '{a="1"}', entries }] });
    expect(receiver.entries().map(({ time, line, metadata }) => [time, line, metadata])).toEqual([
      ['1772438400000000001', 'new', { k: 'v' }],
      ['1772438400000000002', 'old', {}],
    ]);
  });

  it('keeps one of several copies, by tenant, stream, time and line', async () => {
    const receiver = await startReceiver();
    await push(receiver, '{a="1"}', [entry(0, 'x'), entry(0, 'y'), entry(1, 'x')]);
    await push(receiver, '{a="1"}', [entry(0, 'x'), entry(1, 'x')]);
    await push(receiver, '{a="2"}', [entry(0, 'x')]);
    await push(receiver, '{a="1"}', [entry(0, 'x')], { 'x-scope-orgid': 'other' });
    expect(receiver.entries()).toHaveLength(5);
    expect(receiver.duplicates).toBe(2);
  });

  it('says it is ready', async () => {
    const receiver = await startReceiver();
    expect(await (await fetch(`${receiver.url}/ready`)).text()).toBe('ready\n');
  });

  it('only counts when asked to', async () => {
    const receiver = await startReceiver({ countOnly: true });
    expect(await push(receiver, '{a="1"}', [entry(0, 'x')])).toMatchObject({ status: 204 });
    expect(receiver.requestCount).toBe(1);
    expect(receiver.bodyBytes).toBeGreaterThan(10);
    expect(receiver.entries()).toEqual([]);
  });
});

describe('refusing as Loki does', () => {
  const cases: [name: string, labels: string, entries: PushedEntry[], status: number, body: string][] = [
    ['no labels', '{}', [entry(0, 'x')], 400, 'error at least one label pair is required per stream'],
    [
      'broken labels',
      '{a=1}',
      [entry(0, 'x')],
      400,
      "couldn't parse labels: 1:4: parse error: unexpected character inside braces: '1'",
    ],
    [
      'a bad escape',
      '{a="\\q"}',
      [entry(0, 'x')],
      400,
      "couldn't parse labels: 1:4: parse error: unknown escape sequence U+0071 'q'",
    ],
    [
      'a label twice',
      '{b="1", a="1", b="2"}',
      [entry(0, 'x')],
      400,
      `stream '{a="1", b="1", b="2"}' has duplicate label name: 'b'`,
    ],
    [
      'too many labels',
      `{${[...'abcdefghijklmnop'].map((name) => `${name}="v"`).join(',')}}`,
      [entry(0, 'x')],
      400,
      `entry for stream '{${[...'abcdefghijklmnop'].map((name) => `${name}="v"`).join(', ')}}' has 16 label names; limit 15`,
    ],
    [
      'a long label value',
      `{a="${'v'.repeat(2049)}"}`,
      [entry(0, 'x')],
      400,
      `stream '{a="${'v'.repeat(2049)}"}' has label value too long: '${'v'.repeat(2049)}'`,
    ],
    [
      'two long lines',
      '{a="1"}',
      [entry(0, 'x'.repeat(262_145)), entry(1, 'x'.repeat(262_145))],
      400,
      `2 errors like: max entry size '262144' bytes exceeded for stream '{a="1"}' while adding an entry with length '262145' bytes`,
    ],
    [
      'much metadata',
      '{a="1"}',
      [{ ...entry(0, 'x'), metadata: { m: 'v'.repeat(65_536) } }],
      400,
      "stream '{a=\"1\"}' has structured metadata too large: '65537' bytes, limit: '65536' bytes. Please see `limits_config.max_structured_metadata_size` or contact your Loki administrator to increase it",
    ],
    [
      'an entry far behind',
      '{a="1"}',
      [entry(3601, 'new'), entry(0, 'old')],
      400,
      `entry with timestamp 2026-03-02 08:00:00 +0000 UTC ignored, reason: 'entry too far behind, entry timestamp is: 2026-03-02T08:00:00Z, oldest acceptable timestamp is: 2026-03-02T08:00:01Z',\nuser 'fake', total ignored: 1 out of 2 for stream: {a="1"}`,
    ],
  ];

  it.each(cases)('%s', async (_, labels, entries, status, body) => {
    const receiver = await startReceiver();
    expect(await push(receiver, labels, entries)).toEqual({ status, body: `${body}\n` });
  });

  it('keeps the good lines of a refused push', async () => {
    const receiver = await startReceiver();
    await push(receiver, '{a="1"}', [entry(0, 'x'), entry(1, 'x'.repeat(262_145)), entry(2, 'y')]);
    expect(receiver.entries().map(({ line }) => line)).toEqual(['x', 'y']);
  });

  it('takes a line of exactly the limit, and one exactly an hour behind', async () => {
    const receiver = await startReceiver();
    const { status } = await push(receiver, '{a="1"}', [entry(3600, 'x'.repeat(262_144)), entry(0, 'old')]);
    expect(status).toBe(204);
  });

  it('lines too old and too new for a real Loki', async () => {
    const receiver = await startReceiver({ limits: lokiDefaults });
    const now = Math.floor(Date.now() / 1000) - start;
    const old = await push(receiver, '{a="1"}', [entry(now - 169 * 3600, 'x')]);
    expect(old).toMatchObject({ status: 400, body: expect.stringContaining('has timestamp too old: ') });
    const young = await push(receiver, '{a="1"}', [entry(now + 660, 'x')]);
    expect(young).toMatchObject({ status: 400, body: expect.stringContaining('has timestamp too new: ') });
  });

  it('more than the ingestion rate, as a whole', async () => {
    const receiver = await startReceiver({ limits: { ingestionRate: 100, ingestionBurst: 1000 } });
    expect(await push(receiver, '{a="1"}', [entry(0, 'x'.repeat(900))])).toMatchObject({ status: 204 });
    expect(await push(receiver, '{a="1"}', [entry(1, 'x'), entry(2, 'y'.repeat(999))])).toEqual({
      status: 429,
      body: "ingestion rate limit exceeded for user fake (limit: 100 bytes/sec) while attempting to ingest '2' lines totaling '1000' bytes, reduce log volume or contact your Loki administrator to see if the limit can be increased\n",
    });
    expect(receiver.entries()).toHaveLength(1);
  });

  it('more than the rate of a stream, line by line', async () => {
    const receiver = await startReceiver({ limits: { streamRate: 1024, streamBurst: 1024 } });
    const { status, body } = await push(receiver, '{a="1"}', [
      entry(0, 'x'.repeat(1000)),
      entry(1, 'y'.repeat(100)),
    ]);
    expect(status).toBe(429);
    expect(body).toContain(
      `Per stream rate limit exceeded (limit: 1KB/sec) while attempting to ingest for stream '{a="1"}' totaling 100B`,
    );
    expect(receiver.entries()).toHaveLength(1);
  });

  it('more streams than the limit', async () => {
    const receiver = await startReceiver({ limits: { maxStreams: 1 } });
    await push(receiver, '{a="1"}', [entry(0, 'x')]);
    expect(await push(receiver, '{a="2"}', [entry(0, 'x')])).toMatchObject({
      status: 429,
      body: expect.stringContaining(
        'maximum active stream limit exceeded when trying to create stream {a="2"}',
      ),
    });
  });

  it('a big request', async () => {
    const receiver = await startReceiver({ limits: { maxRequestSize: 10 } });
    expect(await push(receiver, '{a="1"}', [entry(0, 'x')])).toMatchObject({ status: 413 });
  });

  it('a request without a tenant, where one is needed', async () => {
    const receiver = await startReceiver({ requireTenant: true });
    expect(await push(receiver, '{a="1"}', [entry(0, 'x')])).toEqual({ status: 401, body: 'no org id\n' });
  });

  it('what is no push', async () => {
    const receiver = await startReceiver();
    expect(await send(receiver, Buffer.from('nonsense'))).toMatchObject({ status: 400 });
    expect(await send(receiver, compress(encodeProtobuf([])))).toMatchObject({ status: 422 });
  });
});

describe('misbehaving on demand', () => {
  it('answers a status, with headers, and stores nothing', async () => {
    const receiver = await startReceiver();
    receiver.answer({ kind: 'status', status: 429, body: 'later', headers: { 'retry-after': '7' } });
    const response = await fetch(receiver.pushUrl, pushOf('{a="1"}', [entry(0, 'x')]));
    expect([response.status, response.headers.get('retry-after'), await response.text()]).toEqual([
      429,
      '7',
      'later\n',
    ]);
    expect(receiver.entries()).toEqual([]);
    expect(await push(receiver, '{a="1"}', [entry(0, 'x')])).toMatchObject({ status: 204 });
  });

  it('stores, but closes without an answer', async () => {
    const receiver = await startReceiver();
    receiver.answer({ kind: 'drop-reply' });
    await expect(push(receiver, '{a="1"}', [entry(0, 'x')])).rejects.toThrow('socket hang up');
    expect(receiver.entries()).toHaveLength(1);
    expect(receiver.requests[0]?.status).toBeUndefined();
  });

  it('closes without an answer', async () => {
    const receiver = await startReceiver();
    receiver.answer({ kind: 'close' });
    await expect(push(receiver, '{a="1"}', [entry(0, 'x')])).rejects.toThrow('socket hang up');
    expect(receiver.entries()).toEqual([]);
  });

  it('sends half of an answer', async () => {
    const receiver = await startReceiver();
    receiver.answer({ kind: 'half-reply', part: 'status-line' }, { kind: 'half-reply', part: 'body' });
    await expect(push(receiver, '{a="1"}', [entry(0, 'x')])).rejects.toThrow();
    await expect(push(receiver, '{a="1"}', [entry(1, 'x')])).rejects.toThrow('aborted');
    expect(receiver.entries()).toHaveLength(2);
  });

  it('resets the connection while the request comes in', async () => {
    const receiver = await startReceiver();
    receiver.answer({ kind: 'reset-mid-body' });
    // More than fits into the sockets' buffers, so that the sender is still at it.
    const body = Buffer.alloc(64 * 2 ** 20);
    await expect(send(receiver, body)).rejects.toMatchObject({
      code: expect.stringMatching(/ECONNRESET|EPIPE/),
    });
    expect(receiver.requestCount).toBe(1);
  });

  it('answers late, and not at all once it is stopped', async () => {
    const receiver = await startReceiver();
    const held = Promise.withResolvers<void>();
    receiver.answer({ kind: 'normal', until: held.promise }, { kind: 'hang' });
    const late = push(receiver, '{a="1"}', [entry(0, 'x')]);
    await receiver.lines(1);
    expect(receiver.requests[0]?.status).toBeUndefined();
    held.resolve();
    expect(await late).toMatchObject({ status: 204 });

    const never = push(receiver, '{a="1"}', [entry(1, 'x')]);
    const hangsUp = expect(never).rejects.toThrow('socket hang up');
    await receiver.waitFor(({ requests }) => requests.length === 2);
    await receiver.stop();
    await hangsUp;
  });

  it('chooses an answer by what was sent', async () => {
    const receiver = await startReceiver();
    receiver.answerWith(({ streams }) =>
      streams.some(({ labels }) => labels.includes('bad')) ? { kind: 'status', status: 500 } : undefined,
    );
    expect(await push(receiver, '{a="bad"}', [entry(0, 'x')])).toMatchObject({ status: 500 });
    expect(await push(receiver, '{a="good"}', [entry(0, 'x')])).toMatchObject({ status: 204 });
  });

  it('is gone while unplugged, and comes back with what it had', async () => {
    const receiver = await startReceiver();
    await push(receiver, '{a="1"}', [entry(0, 'x')]);
    await receiver.unplug();
    await expect(push(receiver, '{a="1"}', [entry(1, 'y')])).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await receiver.listen();
    await push(receiver, '{a="1"}', [entry(2, 'z')]);
    expect(await receiver.lines(2)).toEqual(['x', 'z']);
  });
});

describe('waiting', () => {
  it('tells what did arrive when the rest does not', async () => {
    const receiver = await startReceiver();
    await push(receiver, '{a="1"}', [entry(0, 'the only line')]);
    await expect(receiver.lines(2, { timeoutMs: 20 })).rejects.toThrow(
      /waited 20 ms for 2 lines; got 1 pushes \[204\], 1 lines in 1 streams, 0 copies; the last lines:\n {2}the only line/,
    );
  });
});

describe('queries', () => {
  it('finds the lines of matching streams within the time asked for', async () => {
    const receiver = await startReceiver();
    await push(receiver, '{verb="get", code="200"}', [entry(0, 'a'), entry(1, 'b'), entry(2, 'c')]);
    await push(receiver, '{verb="list", code="403"}', [entry(1, 'd')]);
    const range = { start: `${start}`, end: `${start + 2}` };
    const lines = async (query: Record<string, string>) => {
      const { data } = (await get(receiver, '/loki/api/v1/query_range', {
        ...range,
        ...query,
      })) as QueryAnswer;
      return data.result.flatMap(({ values }) => values.map(([, line]) => line));
    };
    expect(await lines({ query: '{verb="get"}' })).toEqual(['b', 'a']);
    expect(await lines({ query: '{verb=~"g.t"}', direction: 'forward' })).toEqual(['a', 'b']);
    expect(await lines({ query: '{verb=~".+", code!="200"}' })).toEqual(['d']);
    expect(await lines({ query: '{verb!~"get|watch"}' })).toEqual(['d']);
    expect(await lines({ query: '{verb="get"}', limit: '1' })).toEqual(['b']);
    expect(await lines({ query: '{verb="get"}', end: '2026-03-02T08:00:00.5Z' })).toEqual(['a']);
    const refused = await fetch(
      `${receiver.url}/loki/api/v1/query_range?query=${encodeURIComponent('{a=~"b"')}`,
    );
    expect([refused.status, await refused.text()]).toEqual([
      400,
      '1:8: parse error: unexpected end of input inside braces\n',
    ]);
  });

  it('shows metadata as stream labels, or apart when the client knows about them', async () => {
    const receiver = await startReceiver();
    await push(receiver, '{a="1"}', [{ ...entry(0, 'x'), metadata: { audit_id: 'u' } }]);
    const query = { query: '{a="1"}', start: `${start}`, end: `${start + 1}` };
    const merged = (await get(receiver, '/loki/api/v1/query_range', query)) as QueryAnswer;
    expect(merged.data.result).toEqual([
      { stream: { a: '1', audit_id: 'u' }, values: [[`${start}000000000`, 'x']] },
    ]);
    const flags = { 'x-loki-response-encoding-flags': 'categorize-labels' };
    const apart = (await get(receiver, '/loki/api/v1/query_range', query, flags)) as QueryAnswer;
    expect(apart.data.result).toEqual([
      {
        stream: { a: '1' },
        values: [[`${start}000000000`, 'x', { structuredMetadata: { audit_id: 'u' } }]],
      },
    ]);
  });

  it('lists labels and their values, of the tenant only', async () => {
    const receiver = await startReceiver();
    await push(receiver, '{b="2", a="1"}', [entry(0, 'x')]);
    await push(receiver, '{c="3"}', [entry(0, 'x')], { 'x-scope-orgid': 'other' });
    expect(await get(receiver, '/loki/api/v1/labels')).toEqual({ status: 'success', data: ['a', 'b'] });
    expect(await get(receiver, '/loki/api/v1/label/a/values')).toEqual({ status: 'success', data: ['1'] });
  });
});

interface QueryAnswer {
  data: { result: { stream: Record<string, string>; values: [string, string, object?][] }[] };
}

async function startReceiver(options: ReceiverOptions = {}): Promise<LokiReceiver> {
  const receiver = await LokiReceiver.start(options);
  onTestFinished(() => receiver.stop());
  return receiver;
}

function entry(offset: number, line: string): PushedEntry {
  return { seconds: start + offset, nanos: 0, line: Buffer.from(line), metadata: {} };
}

async function push(
  receiver: LokiReceiver,
  labels: string,
  entries: PushedEntry[],
  headers: Record<string, string> = {},
): Promise<{ status: number; body: string }> {
  return send(receiver, compress(encodeProtobuf([{ labels, entries }])), headers);
}

function pushOf(labels: string, entries: PushedEntry[]): RequestInit {
  return {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf' },
    body: Buffer.from(compress(encodeProtobuf([{ labels, entries }]))),
  };
}

/** One POST over node:http, whose errors say what happened to the connection. */
function send(
  receiver: LokiReceiver,
  body: Uint8Array,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      receiver.pushUrl,
      { method: 'POST', agent: false, headers: { 'content-type': 'application/x-protobuf', ...headers } },
      async (response) => {
        try {
          const chunks = await response.toArray();
          resolve({ status: response.statusCode!, body: Buffer.concat(chunks).toString() });
        } catch (error) {
          reject(error);
        }
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

async function post(receiver: LokiReceiver, path: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  const response = await fetch(receiver.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
  expect(response.status).toBe(204);
}

async function get(
  receiver: LokiReceiver,
  path: string,
  query: Record<string, string> = {},
  headers: Record<string, string> = {},
): Promise<unknown> {
  return (await fetch(`${receiver.url}${path}?${new URLSearchParams(query)}`, { headers })).json();
}
