import { deflateRawSync, gzipSync } from 'node:zlib';
import { compress } from 'snappyjs';
import { expect, it } from 'vitest';
import { encodeProtobuf, type PushedStream } from '../../../demo/loki/push-request.js';
import { lokiPush } from '../../../src/targets/loki-push/loki-push.js';
import type { PushTarget } from '../../../src/targets/push-target.js';
import { TargetRig } from '../../support/target-rig.js';

const server = 'server: {http_listen_address: 127.0.0.1}';

/** A running target, what it hands on, and how to post to it. */
async function start({ options = '', rules = '[]' }: { options?: string; rules?: string } = {}) {
  const rig = new TargetRig();
  const { port } = (await rig.start(lokiPush, `${server}\n${options}`, rules)) as PushTarget;
  const url = (path: string) => `http://127.0.0.1:${port}${path}`;
  const post = async (
    body: string | Uint8Array,
    headers: Record<string, string>,
    path = '/loki/api/v1/push',
  ) => {
    const response = await fetch(url(path), {
      method: 'POST',
      body: body as Uint8Array<ArrayBuffer>,
      headers,
    });
    return {
      status: response.status,
      text: await response.text(),
      retryAfter: response.headers.get('retry-after'),
    };
  };
  return { rig, url, post };
}

const json = { 'content-type': 'application/json' };
const protobuf = { 'content-type': 'application/x-protobuf' };

function packed(streams: PushedStream[]): Buffer {
  return Buffer.from(compress(encodeProtobuf(streams)));
}

const stream = (labels: string, ...lines: string[]): PushedStream => ({
  labels,
  entries: lines.map((line, index) => ({
    seconds: 1000 + index,
    nanos: 7,
    line: Buffer.from(line),
    metadata: {},
  })),
});

it('takes snappy protobuf with its timestamps and metadata', async () => {
  const { rig, post } = await start({ options: 'labels: {via: push}\nuse_incoming_timestamp: true' });
  const pushed = stream('{app="a", odd="x\\"y"}', 'one', 'two', '');
  pushed.entries[0]!.metadata = { trace: '1' };
  expect(await post(packed([pushed]), protobuf)).toMatchObject({ status: 204, text: '' });
  expect(rig.sink.received.map(({ text, labels, time }) => [text, labels, time])).toEqual([
    ['one', '{app="a", odd="x\\"y", via="push"}', 1_000_000_000_007n],
    ['two', '{app="a", odd="x\\"y", via="push"}', 1_001_000_000_007n],
    ['', '{app="a", odd="x\\"y", via="push"}', 1_002_000_000_007n],
  ]);
  expect(rig.sink.received.map(({ entry }) => entry.metadata?.pairs())).toEqual([
    [['trace', '1']],
    undefined,
    undefined,
  ]);
});

it('takes large blocks, which snappy packs with copies of all kinds', async () => {
  const { rig, post } = await start();
  const lines = Array.from(
    { length: 3000 },
    (_, i) => `${i} ${'abcdefg'.repeat(i % 50)} ${'x'.repeat(i % 300)}`,
  );
  expect(await post(packed([stream('{a="b"}', ...lines)]), protobuf)).toMatchObject({ status: 204 });
  expect(rig.sink.lines).toEqual(lines);
});

it('takes JSON, with metadata as it stands there', async () => {
  const { rig, post } = await start({ options: 'use_incoming_timestamp: true' });
  const body = {
    streams: [
      {
        stream: { app: 'a' },
        values: [['1700000000000000001', 'one', { z: '1', b: 'x' }], ['-1', 'before'], null],
      },
      { stream: { app: 'b' }, values: [['0', 'ü\ud83d\ude00']] },
    ],
  };
  expect(
    await post(JSON.stringify(body), { 'content-type': 'application/json; charset=utf-8' }),
  ).toMatchObject({
    status: 204,
  });
  expect(
    rig.sink.received.map(({ text, labels, time, entry }) => [text, labels, time, entry.metadata?.pairs()]),
  ).toEqual([
    [
      'one',
      '{app="a"}',
      1700000000000000001n,
      [
        ['z', '1'],
        ['b', 'x'],
      ],
    ],
    ['before', '{app="a"}', -1n, undefined],
    ['ü\ud83d\ude00', '{app="b"}', 0n, undefined],
  ]);
});

it.each([
  ['gzip', gzipSync],
  ['deflate', deflateRawSync],
])('unpacks %s', async (encoding, pack) => {
  const { rig, post } = await start();
  const body = pack(JSON.stringify({ streams: [{ stream: { a: 'b' }, values: [['1', 'packed']] }] }));
  expect(await post(body, { ...json, 'content-encoding': encoding })).toMatchObject({ status: 204 });
  const block = pack(packed([stream('{a="b"}', 'packed twice')]));
  expect(await post(block, { ...protobuf, 'content-encoding': encoding })).toMatchObject({ status: 204 });
  expect(rig.sink.lines).toEqual(['packed', 'packed twice']);
});

it('takes the snappy that some agents announce', async () => {
  const { rig, post } = await start();
  const headers = { ...protobuf, 'content-encoding': 'snappy' };
  expect(await post(packed([stream('{a="b"}', 'x')]), headers)).toMatchObject({ status: 204 });
  expect(rig.sink.lines).toEqual(['x']);
});

it('gives lines the time they came, each another, unless told otherwise', async () => {
  const { rig, post } = await start();
  const before = BigInt(Date.now()) * 1_000_000n;
  await post(packed([stream('{a="b"}', 'one', 'two')]), protobuf);
  const [first, second] = rig.sink.received.map(({ time }) => time);
  expect(first).toBeGreaterThanOrEqual(before);
  expect(second).toBeGreaterThan(first!);
});

it('lets its labels win, then relabels, and goes on after a stream that is dropped or left without labels', async () => {
  const rules = `
  - {source_labels: [app], regex: secret, action: drop}
  - {source_labels: [__name__], target_label: metric}
  - {regex: gone, action: labeldrop}`;
  const { rig, post } = await start({ options: 'labels: {env: push}', rules });
  const streams = [
    stream('{app="secret"}', 'no'),
    stream('up{env="own",gone="1"}', 'yes'),
    stream('{app="x"}', 'too'),
  ];
  expect(await post(packed(streams), protobuf)).toMatchObject({ status: 204 });
  expect(rig.sink.received.map(({ text, labels }) => [text, labels])).toEqual([
    ['yes', '{env="push", metric="up"}'],
    ['too', '{app="x", env="push"}'],
  ]);
  const bare = await start({ rules: '[{regex: app, action: labeldrop}]' });
  expect(
    await bare.post(packed([stream('{app="x"}', 'no'), stream('{b="c"}', 'yes')]), protobuf),
  ).toMatchObject({
    status: 204,
  });
  expect(bare.rig.sink.lines).toEqual(['yes']);
});

it('takes nothing of a request that it cannot read', async () => {
  const { rig, post } = await start();
  const good = stream('{a="b"}', 'x');
  const block = packed([good]);
  const bad: [string | Uint8Array, Record<string, string>, string][] = [
    [packed([good, stream('{a=}', 'y')]), protobuf, "couldn't parse labels"],
    [packed([good, stream('', 'y')]), protobuf, "couldn't parse labels"],
    [block.subarray(0, block.length - 1), protobuf, 'snappy: corrupt input'],
    ['not snappy at all', protobuf, 'snappy: corrupt input'],
    ['{"streams": [', json, 'not a JSON object'],
    ['{"streams": [{"stream": {"a": "b"}, "values": [[1, "x"]]}]}', json, 'a timestamp that is not a text'],
    ['{"streams": [{"stream": {"a": "b"}, "values": [["1", 2]]}]}', json, 'a line that is not a text'],
    ['{}', { ...json, 'content-encoding': 'br' }, 'Content-Encoding "br" not supported'],
    ['{}', { ...json, 'content-encoding': 'gzip' }, 'cannot unpack the body'],
  ];
  for (const [body, headers, message] of bad) {
    const { status, text } = await post(body, headers);
    expect([status, text.includes(message) ? message : text]).toEqual([400, message]);
  }
  const untyped = await post(new Uint8Array(block), {});
  expect([untyped.status, untyped.text]).toEqual([400, 'mime: no media type\n']);
  expect(rig.sink.lines).toEqual([]);
  expect(await rig.metric('auditail_refused_requests_total')).toEqual({ 'job,bad': bad.length + 1 });
});

it('refuses a body that is too large, without reading it', async () => {
  const { rig, post } = await start({ options: 'max_send_msg_size: 100' });
  expect(await post('x'.repeat(101), json)).toMatchObject({ status: 413 });
  expect(await post('x\n'.repeat(50), {}, '/promtail/api/v1/raw')).toMatchObject({ status: 204 });
  expect(rig.sink.lines).toHaveLength(50);
});

it('takes lines as they are at /promtail/api/v1/raw', async () => {
  const { rig, post } = await start({
    options: 'labels: {job: raw}',
    rules: '[{target_label: no, replacement: x}]',
  });
  expect(await post('one\r\n\n  two\r\r\n\nlast', {}, '/promtail/api/v1/raw')).toMatchObject({ status: 204 });
  expect(rig.sink.received.map(({ text, labels }) => [text, labels])).toEqual([
    ['one', '{job="raw"}'],
    ['  two', '{job="raw"}'],
    ['last', '{job="raw"}'],
  ]);
});

it('says that it is ready, and nothing at other paths', async () => {
  const { url } = await start();
  expect(await (await fetch(url('/ready'))).text()).toBe('ready');
  expect((await fetch(url('/metrics'))).status).toBe(404);
  expect((await fetch(url('/loki/api/v1/push'))).status).toBe(405);
  expect((await fetch(url('/ready'), { method: 'POST' })).status).toBe(405);
});

it('counts its requests under the name of the job', async () => {
  const { rig, post } = await start();
  await post(packed([stream('{a="b"}', 'x')]), protobuf);
  await expect
    .poll(() => rig.registry.metrics())
    .toMatch(
      /promtail_job_request_duration_seconds_count\{.*route="loki_api_v1_push",status_code="204".*\} 1/,
    );
});

it('answers only when all of a request is settled', async () => {
  const { rig, url, post } = await start();
  rig.sink.settlesAtOnce = false;
  let isAnswered = false;
  const answer = post(packed([stream('{a="b"}', 'one', 'two')]), protobuf).finally(() => {
    isAnswered = true;
  });
  await expect.poll(() => rig.sink.lines).toEqual(['one', 'two']);
  const [one, two] = rig.sink.received;
  one!.entry.ack.done(1);
  await fetch(url('/ready'));
  expect(isAnswered).toBe(false);
  two!.entry.ack.done(1);
  expect(await answer).toMatchObject({ status: 204 });
});
