import { Buffer } from 'node:buffer';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { until } from '../../demo/until.js';
import { anyClient } from '../../src/client/any-client.js';
import { Metadata } from '../../src/entry/metadata.js';
import { printValue } from '../../src/fields/schema.js';
import { FakeElasticsearch } from '../support/fake-elasticsearch.js';
import { tempDir } from '../support/temp-dir.js';
import { decodeClient, Source, startClient } from './client-under-test.js';

const tooMany = {
  status: 429,
  type: 'es_rejected_execution_exception',
  reason: 'rejected execution of coordinating operation',
};
const unparsable = {
  status: 400,
  type: 'document_parsing_exception',
  reason: '[1:7] failed to parse field [labels.code] of type [long]',
};

async function start(config: object = {}) {
  const elasticsearch = await FakeElasticsearch.start();
  const under = await startClient({
    type: 'elasticsearch',
    url: elasticsearch.url,
    index: 'audit',
    ...config,
  });
  return { elasticsearch, ...under };
}

it('makes a document of each entry', async () => {
  const { elasticsearch, client, metric } = await start({
    external_labels: { cluster: 'prod' },
    headers: { 'X-Extra': 'yes' },
  });
  const source = new Source({ job: 'audit', __tenant_id__: 'ignored' });
  const entries = source.entries('one "line"', 'two\nlines');
  entries[0]!.metadata = Metadata.of([
    ['audit_id', 'x'],
    ['audit_id', 'y'],
  ]);
  client.push(entries);
  await source.settles(2);
  expect(elasticsearch.documents('audit')).toEqual([
    {
      '@timestamp': '2023-11-14T22:13:20.000000005Z',
      message: 'one "line"',
      labels: { cluster: 'prod', job: 'audit' },
      metadata: { audit_id: 'y' },
    },
    {
      '@timestamp': '2023-11-14T22:13:21.000000005Z',
      message: 'two\nlines',
      labels: { cluster: 'prod', job: 'audit' },
      metadata: {},
    },
  ]);
  expect(elasticsearch.requests).toMatchObject([
    { url: { pathname: '/_bulk' }, headers: { 'content-encoding': 'gzip', 'x-extra': 'yes' } },
  ]);
  expect(elasticsearch.requests[0]!.headers).not.toHaveProperty('x-scope-orgid');
  expect(await metric('promtail_sent_entries_total')).toBe(2);
});

it('sends lines that are JSON objects as such where the config says so, and others as texts', async () => {
  const { elasticsearch, client } = await start({ event_field: 'audit.event', compression: 'none' });
  const source = new Source();
  const long = '{"n":12345678901234567890,\n "s":"a\\nb"}';
  client.push(source.entries(long, '[1]', '{broken', ''));
  await source.settles(4);
  expect(elasticsearch.documents().map((found) => found['audit.event'] ?? found.message)).toEqual([
    JSON.parse(long),
    '[1]',
    '{broken',
    '',
  ]);
  // Numbers stay as they are written.
  expect(elasticsearch.requests[0]!.body).toContain('12345678901234567890');
});

it('writes bytes that are not UTF-8 as the replacement character', async () => {
  const { elasticsearch, client } = await start();
  const source = new Source();
  client.push(source.entries(Buffer.from([0x61, 0xff, 0x62])));
  await source.settles(1);
  expect(elasticsearch.documents()).toMatchObject([{ message: 'a\ufffdb' }]);
});

it('gives an entry the same id each time, and counts one that is there already as accepted', async () => {
  const { elasticsearch, client, metric } = await start();
  const first = new Source();
  client.push(first.entries('same', 'other'));
  await first.settles(2);
  const replayed = new Source();
  client.push(replayed.entries('same', 'third'));
  await replayed.settles(2);
  expect(elasticsearch.documents().map(({ message }) => message)).toEqual(['same', 'other', 'third']);
  expect(await metric('promtail_sent_entries_total')).toBe(4);
  expect(await metric('promtail_dropped_entries_total')).toBe(0);
});

it('gives another id to another line, time, label set and metadata', async () => {
  const { elasticsearch, client } = await start();
  const source = new Source();
  const other = new Source({ job: 'other' });
  const [, late] = new Source().entries('', 'line');
  const [rich] = new Source().entries('line');
  rich!.metadata = Metadata.of([['a', 'b']]);
  client.push([...source.entries('line', 'line'), ...other.entries('line'), late!, rich!]);
  await other.settles(1);
  // `late` is the second line of the source again.
  expect(elasticsearch.documents()).toHaveLength(4);
});

it('puts the date of an entry into the name of the index', async () => {
  const { elasticsearch, client } = await start({ index: 'audit-%Y.%m.%d-%H' });
  const source = new Source();
  const entries = source.entries('a', 'b');
  entries[1]!.seconds += 2 * 3600;
  client.push(entries);
  await source.settles(2);
  expect([...elasticsearch.indices.keys()]).toEqual(['audit-2023.11.14-22', 'audit-2023.11.15-00']);
});

it('sends again only what there was no room for', async () => {
  const { elasticsearch, client, metric, logged } = await start();
  elasticsearch.refuseDocument = ({ message }) =>
    elasticsearch.requests.length < 3 && Number(message) % 2 === 1 ? tooMany : undefined;
  const source = new Source();
  client.push(source.entries('0', '1', '2', '3'));
  await source.settles(4);
  const counts = elasticsearch.requests.map(({ body }) => body.trimEnd().split('\n').length / 2);
  expect(counts).toEqual([4, 2, 2]);
  expect(elasticsearch.documents()).toHaveLength(4);
  expect(await metric('promtail_sent_entries_total')).toBe(4);
  expect(await metric('promtail_batch_retries_total')).toBe(2);
  expect(logged[0]).toMatchObject({ status: 429, msg: 'error sending batch, will retry' });
});

it('gives up only what will never be taken, and keeps it', async () => {
  const directory = tempDir();
  const { elasticsearch, client, metric, logged } = await start({ dead_letter: directory, name: 'es' });
  elasticsearch.refuseDocument = ({ message }) => {
    if (message === 'bad') return unparsable;
    return message === 'wait' && elasticsearch.requests.length === 1 ? tooMany : undefined;
  };
  const source = new Source();
  client.push(source.entries('good', 'bad', 'wait', 'bad'));
  await source.settles(4);
  expect(elasticsearch.documents().map(({ message }) => message)).toEqual(['good', 'wait']);
  expect(await metric('promtail_dropped_entries_total', { reason: 'document_parsing_exception' })).toBe(2);
  expect(await metric('promtail_sent_entries_total')).toBe(2);
  expect(logged.filter(({ msg }) => msg === 'final error sending batch')).toMatchObject([
    { entries: 2, status: 400 },
  ]);
  const [file] = readdirSync(directory);
  const letters = readFileSync(join(directory, file!), 'utf8').trimEnd().split('\n');
  expect(letters.map((letter) => JSON.parse(letter))).toMatchObject([
    {
      line: 'bad',
      time: '2023-11-14T22:13:21.000000005Z',
      reason: 'document_parsing_exception',
      status: 400,
    },
    { line: 'bad', time: '2023-11-14T22:13:23.000000005Z' },
  ]);
});

it.each([
  [
    'an index that is blocked',
    { status: 403, type: 'cluster_block_exception', reason: 'index [audit] blocked' },
  ],
  ['an index that there is not', { status: 404, type: 'index_not_found_exception', reason: 'no such index' }],
  ['an index that is closed', { status: 400, type: 'index_closed_exception', reason: 'closed' }],
  [
    'a pipeline that there is not',
    { status: 400, type: 'illegal_argument_exception', reason: 'pipeline with id [x] does not exist' },
  ],
  ['a shard that is away', { status: 503, type: 'unavailable_shards_exception', reason: 'timeout' }],
])('waits for %s', async (_, problem) => {
  const { elasticsearch, client, metric } = await start();
  elasticsearch.refuseDocument = () => (elasticsearch.requests.length < 4 ? problem : undefined);
  const source = new Source();
  client.push(source.entries('a', 'b'));
  await source.settles(2);
  expect(elasticsearch.requests).toHaveLength(4);
  expect(elasticsearch.documents()).toHaveLength(2);
  expect(await metric('promtail_dropped_entries_total')).toBe(0);
});

it('gives up after max_retries what is still refused by then', async () => {
  const { elasticsearch, client, metric } = await start({
    backoff_config: { min_period: '1ms', max_period: '2ms', max_retries: 3 },
  });
  elasticsearch.refuseDocument = ({ message }) => (message === 'b' ? tooMany : undefined);
  const source = new Source();
  client.push(source.entries('a', 'b'));
  await source.settles(2);
  expect(elasticsearch.requests).toHaveLength(3);
  expect(await metric('promtail_dropped_entries_total', { reason: 'rate_limited' })).toBe(1);
  expect(await metric('promtail_sent_entries_total')).toBe(1);
});

it('drops what comes too fast where the config says so', async () => {
  const { elasticsearch, client, metric } = await start({ drop_rate_limited_batches: true });
  elasticsearch.refuseDocument = ({ message }) => (message === 'b' ? tooMany : undefined);
  const source = new Source();
  client.push(source.entries('a', 'b'));
  await source.settles(2);
  expect(elasticsearch.requests).toHaveLength(1);
  expect(await metric('promtail_dropped_entries_total', { reason: 'rate_limited' })).toBe(1);
});

it.each([429, 503])('sends all of it again after a %d for the whole request', async (status) => {
  const { elasticsearch, client } = await start();
  elasticsearch.refuseRequest = () => (elasticsearch.requests.length === 1 ? { status } : undefined);
  const source = new Source();
  client.push(source.entries('a', 'b'));
  await source.settles(2);
  expect(elasticsearch.documents()).toHaveLength(2);
});

it('splits a request that is too large', async () => {
  const { elasticsearch, client } = await start();
  elasticsearch.refuseRequest = ({ body }) => (body.length > 700 ? { status: 413 } : undefined);
  const source = new Source();
  client.push(source.entries(...Array.from({ length: 20 }, (_, index) => `line ${index}`)));
  await source.settles(20);
  expect(elasticsearch.documents()).toHaveLength(20);
});

it('takes nothing for accepted that another server answers', async () => {
  const { elasticsearch, client, logged } = await start();
  elasticsearch.refuseRequest = () =>
    elasticsearch.requests.length < 3 ? { status: 200, body: '<html>Kibana</html>' } : undefined;
  const source = new Source();
  client.push(source.entries('a'));
  await source.settles(1);
  expect(elasticsearch.documents()).toHaveLength(1);
  expect(logged[0]).toMatchObject({ error: expect.stringContaining('not the answer of a bulk API') });
});

it('has several requests on their way at a time, and no more', async () => {
  const { elasticsearch, client } = await start({ batchsize: 100, concurrency: 3, batchwait: '1ms' });
  const { promise: isOpen, resolve: open } = Promise.withResolvers<undefined>();
  elasticsearch.refuseRequest = () => isOpen;
  const source = new Source();
  void client.push(source.entries(...Array.from({ length: 6 }, () => 'x'.repeat(99))));
  const requests = () => elasticsearch.requests.length;
  await until(() => requests() === 3, { describe: () => `three requests, not ${requests()}` });
  expect(client.state()).toMatchObject({ pendingBatches: 6 });
  open(undefined);
  await source.settles(6);
  expect(requests()).toBe(6);
});

it.each([
  ['an API key', { api_key: 'a2V5' }, 'ApiKey a2V5'],
  ['a user', { basic_auth: { username: 'me', password: 'pw' } }, 'Basic bWU6cHc='],
  ['a bearer token', { bearer_token: 't' }, 'Bearer t'],
])('logs in with %s', async (_, config, header) => {
  const { elasticsearch, client } = await start(config);
  const source = new Source();
  client.push(source.entries('a'));
  await source.settles(1);
  expect(elasticsearch.requests[0]!.headers.authorization).toBe(header);
});

it.each([
  ['http://es:9200', '/_bulk'],
  ['http://es:9200/prefix/', '/prefix/_bulk'],
  ['http://es:9200/_bulk?refresh=false', '/_bulk'],
])('asks the bulk API of %s', async (written, path) => {
  const { elasticsearch } = await start();
  const { pathname, search } = new URL(written);
  const { client } = await startClient({
    type: 'elasticsearch',
    url: `${elasticsearch.url}${pathname}${search}`,
    index: 'audit',
    pipeline: 'geo',
  });
  const source = new Source();
  client.push(source.entries('a'));
  await source.settles(1);
  const { url } = elasticsearch.requests[0]!;
  expect(url.pathname).toBe(path);
  expect(url.searchParams.get('pipeline')).toBe('geo');
  expect(url.searchParams.get('refresh')).toBe(search === '' ? null : 'false');
});

const minimal = 'type: elasticsearch\nurl: http://es:9200\nindex: audit\n';

it.each([
  ['no index', 'type: elasticsearch\nurl: http://es:9200\n', "'index' is required"],
  ['a tenant', `${minimal}tenant_id: a\n`, 'tenant_id: not supported: Elasticsearch has no tenants'],
  [
    'a capital letter',
    minimal.replace('audit', 'Audit'),
    'index: "Audit" cannot name an index: it has capital',
  ],
  ['a blank', minimal.replace('audit', 'a b'), 'cannot name an index: it has " " in it'],
  ['a part that there is not', minimal.replace('audit', 'a-%j'), 'expected %Y, %m, %d or %H'],
  ['a field that there is', `${minimal}event_field: message\n`, 'message is a field of every document'],
  [
    'a key that is not encoded',
    `${minimal}api_key: "id:key"\n`,
    'api_key: expected an API key as it is encoded',
  ],
  ['two logins', `${minimal}api_key: a\nbasic_auth: {username: u}\n`, 'at most one of api_key, api_key_file'],
  ['a key of another kind', `${minimal}sourcetype: x\n`, "unknown key 'sourcetype'"],
  ['no concurrency', `${minimal}concurrency: 0\n`, 'concurrency: expected at least 1'],
])('refuses %s', (_, yaml, message) => {
  expect(() => decodeClient(yaml)).toThrow(message);
});

it('prints what it was given, without secrets', () => {
  const options = decodeClient(`${minimal}api_key: secret\n`);
  const printed = JSON.parse(JSON.stringify(printValue(anyClient, options)));
  expect(printed).toMatchObject({ type: 'elasticsearch', index: 'audit', api_key: '<secret>' });
  expect(printed).not.toHaveProperty('authorization');
});
