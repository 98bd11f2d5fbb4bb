import { expect, it } from 'vitest';
import { until } from '../../demo/until.js';
import { anyClient } from '../../src/client/any-client.js';
import { Metadata } from '../../src/entry/metadata.js';
import { printValue } from '../../src/fields/schema.js';
import { type CollectedEvent, FakeSplunk, token } from '../support/fake-splunk.js';
import { decodeClient, Source, startClient } from './client-under-test.js';

async function start(config: object = {}) {
  const splunk = await FakeSplunk.start();
  const under = await startClient({ type: 'splunk_hec', url: splunk.url, token, ...config });
  return { splunk, ...under };
}

const textsOf = (events: readonly CollectedEvent[]) => events.map(({ event }) => event);

it('makes an event of each entry', async () => {
  const { splunk, client, metric } = await start({
    host: '{instance}',
    source: 'k8s:{cluster}:{audit_id}',
    sourcetype: '_json',
    index: 'audit',
    external_labels: { cluster: 'prod' },
  });
  const source = new Source({ instance: 'cp-1', __tenant_id__: 'ignored' });
  const entries = source.entries('{"a":1}', 'two\nlines');
  entries[0]!.metadata = Metadata.of([['audit_id', 'x']]);
  client.push(entries);
  await source.settles(2);
  const common = { host: 'cp-1', sourcetype: '_json', index: 'audit' };
  expect(splunk.events).toEqual([
    {
      ...common,
      time: 1_700_000_000,
      source: 'k8s:prod:x',
      event: '{"a":1}',
      fields: { audit_id: 'x', cluster: 'prod', instance: 'cp-1' },
    },
    {
      ...common,
      time: 1_700_000_001,
      source: 'k8s:prod:',
      event: 'two\nlines',
      fields: { cluster: 'prod', instance: 'cp-1' },
    },
  ]);
  expect(splunk.requests).toMatchObject([
    { url: { pathname: '/services/collector/event' }, headers: { 'content-encoding': 'gzip' } },
  ]);
  expect(splunk.requests[0]!.headers).not.toHaveProperty('x-splunk-request-channel');
  expect(await metric('promtail_sent_entries_total')).toBe(2);
});

it('leaves out what there is nothing for, and sends objects where the config says so', async () => {
  const { splunk, client } = await start({ event_object: true, host: '{absent}', compression: 'none' });
  const source = new Source({});
  const entries = source.entries('{"n":12345678901234567890}', 'text');
  entries[1]!.nanos = 123_456_789;
  client.push(entries);
  await source.settles(2);
  expect(splunk.requests[0]!.body.split('\n').slice(0, 2)).toEqual([
    '{"time":1700000000.000000,"event":{"n":12345678901234567890}}',
    '{"time":1700000001.123456,"event":"text"}',
  ]);
});

it.each([
  [0, 0, '0.000000'],
  [-1, 500_000_000, '-0.500000'],
  [-2, 0, '-2.000000'],
])('writes %d s and %d ns as %s', async (seconds, nanos, written) => {
  const { splunk, client } = await start({ compression: 'none' });
  const source = new Source();
  const [entry] = source.entries('a');
  Object.assign(entry!, { seconds, nanos });
  client.push([entry!]);
  await source.settles(1);
  expect(splunk.requests[0]!.body).toContain(`"time":${written},`);
});

it('gives up the event that the answer names, and sends the others again', async () => {
  const { splunk, client, metric } = await start();
  splunk.refuseEvent = ({ event }) =>
    event === 'bad' ? { code: 15, text: 'Error in handling indexed fields' } : undefined;
  const source = new Source();
  client.push(source.entries('a', 'bad', 'b', '', 'c'));
  await source.settles(5);
  expect(textsOf(splunk.events)).toEqual(['a', 'b', 'c']);
  expect(splunk.requests).toHaveLength(3);
  expect(await metric('promtail_dropped_entries_total', { reason: 'indexed_fields' })).toBe(1);
  expect(await metric('promtail_dropped_entries_total', { reason: 'event_blank' })).toBe(1);
  expect(await metric('promtail_sent_entries_total')).toBe(3);
  expect(await metric('promtail_batch_retries_total')).toBe(0);
});

it.each([
  ['a server that is busy', { status: 503, body: { text: 'Server is busy', code: 9 } }],
  ['a full queue', { status: 429, body: { text: 'HEC queue is at capacity', code: 26 } }],
  ['an error of the server', { status: 500, body: { text: 'Internal server error', code: 8 } }],
  ['a token that is switched off', { status: 403, body: { text: 'Token is disabled', code: 1 } }],
  ['a page of another server', { status: 200, body: '<html>Splunk Web</html>' }],
])('sends all of it again after %s', async (_, answer) => {
  const { splunk, client, metric } = await start();
  splunk.refuseRequest = () => (splunk.requests.length < 3 ? answer : undefined);
  const source = new Source();
  client.push(source.entries('a', 'b'));
  await source.settles(2);
  expect(textsOf(splunk.events)).toEqual(['a', 'b']);
  expect(await metric('promtail_dropped_entries_total')).toBe(0);
});

it('waits where the one index for all is wrong, and gives up where it comes from the entry', async () => {
  const wrong = ({ index }: CollectedEvent) =>
    index === 'wrong' ? { code: 7, text: 'Incorrect index' } : undefined;
  const fixed = await start({ index: 'wrong' });
  fixed.splunk.refuseEvent = (event) => (fixed.splunk.requests.length < 4 ? wrong(event) : undefined);
  const source = new Source();
  fixed.client.push(source.entries('a'));
  await source.settles(1);
  expect(textsOf(fixed.splunk.events)).toEqual(['a']);

  const free = await start({ index: '{team}' });
  free.splunk.refuseEvent = wrong;
  const [good, bad] = [new Source({ team: 'right' }), new Source({ team: 'wrong' })];
  free.client.push([...bad.entries('bad'), ...good.entries('good')]);
  await good.settles(1);
  expect(textsOf(free.splunk.events)).toEqual(['good']);
  expect(await free.metric('promtail_dropped_entries_total', { reason: 'incorrect_index' })).toBe(1);
});

it('splits a request that is too large', async () => {
  const { splunk, client } = await start();
  splunk.refuseRequest = ({ body }) => (body.length > 300 ? { status: 413 } : undefined);
  const source = new Source();
  client.push(source.entries(...Array.from({ length: 20 }, (_, index) => `line ${index}`)));
  await source.settles(20);
  expect(splunk.events).toHaveLength(20);
});

it('settles what is acknowledged by the indexer, and not before', async () => {
  const { splunk, client } = await start({ use_ack: true });
  splunk.useAck = true;
  let isIndexed = false;
  splunk.isIndexed = () => isIndexed;
  const source = new Source();
  client.push(source.entries('a'));
  const asked = () => splunk.questions.length;
  await until(() => asked() >= 2, { describe: () => `two questions, not ${asked()}` });
  expect(source.settled).toBe(0);
  isIndexed = true;
  await source.settles(1);
  expect(splunk.requests).toHaveLength(1);
  expect(splunk.requests[0]!.headers['x-splunk-request-channel']).toMatch(/^[0-9a-f-]{36}$/);
  expect(splunk.questions[0]!.body).toBe('{"acks":[0]}');
});

it('sends again what is not acknowledged in time', async () => {
  const { splunk, client, logged } = await start({ use_ack: true, ack_timeout: '100ms' });
  splunk.useAck = true;
  splunk.isIndexed = (ackId) => ackId === 1;
  const source = new Source();
  client.push(source.entries('a'));
  await source.settles(1);
  expect(textsOf(splunk.events)).toEqual(['a', 'a']);
  expect(logged[0]).toMatchObject({ error: 'no acknowledgement within 100 ms: not indexed yet' });
});

it('tells that a token gives no acknowledgements, and takes nothing for accepted', async () => {
  const { splunk, client, logged } = await start({ use_ack: true });
  const source = new Source();
  client.push(source.entries('a'));
  await until(() => logged.length > 0, { describe: () => 'a warning' });
  expect(logged[0]).toMatchObject({
    error: expect.stringContaining('acknowledgement is off for this token'),
  });
  expect(source.settled).toBe(0);
  splunk.useAck = true;
  await source.settles(1);
});

it('tells that a token wants acknowledgements', async () => {
  const { splunk, client, logged } = await start();
  splunk.useAck = true;
  const source = new Source();
  client.push(source.entries('a'));
  await until(() => logged.length > 0, { describe: () => 'a warning' });
  expect(logged[0]).toMatchObject({ error: 'the collector refuses: Data channel is missing (code 10)' });
  splunk.useAck = false;
  await source.settles(1);
});

it('asks a collector under another path', async () => {
  const { splunk } = await start();
  const { client, logged } = await startClient({
    type: 'splunk_hec',
    url: `${splunk.url}/api/v1/ingest/hec`,
    token,
  });
  client.push(new Source().entries('a'));
  await until(() => logged.length > 0, { describe: () => 'a warning' });
  expect(splunk.requests[0]!.url.pathname).toBe('/api/v1/ingest/hec');
});

const minimal = 'type: splunk_hec\nurl: http://splunk:8088\ntoken: secret\n';

it.each([
  ['a tenant', `${minimal}tenant_id: a\n`, 'tenant_id: not supported: Splunk has no tenants'],
  ['two logins', `${minimal}bearer_token: a\n`, 'at most one of token, token_file, basic_auth'],
  ['a key of another kind', `${minimal}pipeline: x\n`, "unknown key 'pipeline'"],
  ['another compression', `${minimal}compression: zstd\n`, 'compression: expected one of gzip, none'],
])('refuses %s', (_, yaml, message) => {
  expect(() => decodeClient(yaml)).toThrow(message);
});

it('prints what it was given, without secrets', () => {
  const printed = JSON.parse(JSON.stringify(printValue(anyClient, decodeClient(minimal))));
  expect(printed).toMatchObject({
    type: 'splunk_hec',
    token: '<secret>',
    use_ack: false,
    ack_timeout: '5m0s',
  });
  expect(printed).not.toHaveProperty('authorization');
});
