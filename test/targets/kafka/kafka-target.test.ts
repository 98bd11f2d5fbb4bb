import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { LokiReceiver } from '../../../demo/loki/receiver.js';
import { kafka } from '../../../src/targets/kafka/kafka-target.js';
import { startAgent } from '../../support/agent-process.js';
import { KafkaBroker, password, user } from '../../support/kafka-broker.js';
import { decodeOptions, TargetRig } from '../../support/target-rig.js';

let broker: KafkaBroker;

/** Names of what Node has warned of; of one kind it warns once. */
const warned: string[] = [];
const onWarning = ({ name }: Error) => warned.push(name);

beforeAll(async () => {
  process.on('warning', onWarning);
  broker = await KafkaBroker.start();
}, 600_000);
afterAll(() => {
  process.off('warning', onWarning);
  return broker.stop();
});

const rules = `
- source_labels: [__meta_kafka_topic]
  target_label: topic
- source_labels: [__meta_kafka_group_id]
  target_label: group
- source_labels: [__meta_kafka_message_key]
  regex: (k.*)
  target_label: key
`;

let count = 0;
/** A name that no other test has. */
function ownName(): string {
  count += 1;
  return `topic-${count}-x`;
}

function groupOf(topic: string): string {
  return `group-of-${topic.replace(/[^-a-z0-9]/g, '')}`;
}

function config(topic: string, more = ''): string {
  return `{brokers: ['${broker.address}'], topics: ['${topic}'], group_id: '${groupOf(topic)}'${more}}`;
}

function numbered(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, index) => `line ${from + index}`);
}

it('reads a topic from its beginning, with labels of partition and key', async () => {
  const topic = ownName();
  broker.produce(topic, ['k1|a', 'b']);
  const rig = new TargetRig();
  const before = Date.now();
  const target = await rig.start(kafka, config(topic, ', labels: {job: j}'), rules);
  await rig.expectLines(['a', 'b'], { sorted: true });
  expect(rig.sink.received.map(({ text, labels }) => `${text} ${labels}`).sort()).toEqual([
    `a {group="${groupOf(topic)}", job="j", key="k1", topic="${topic}"}`,
    `b {group="${groupOf(topic)}", job="j", topic="${topic}"}`,
  ]);
  expect(Number(rig.sink.received[0]!.time / 1_000_000n)).toBeGreaterThanOrEqual(before);
  expect(target.isReady).toBe(true);
  const shown = target.parts!.find(
    ({ discoveredLabels: found }) => found.get('__meta_kafka_partition') === '0',
  );
  expect(shown!.isReady).toBe(true);
  expect(Object.fromEntries(shown!.labels)).toEqual({ group: groupOf(topic), job: 'j', topic });
});

it('goes on behind what was settled, and reads again what was not', async () => {
  const topic = ownName();
  broker.produce(topic, numbered(1, 3), '-p', '0');
  const rig = new TargetRig();
  await rig.start(kafka, config(topic), rules);
  await rig.expectLines(numbered(1, 3));
  await rig.stop();
  broker.produce(topic, numbered(4, 5), '-p', '0');
  rig.sink.settlesAtOnce = false;
  await rig.start(kafka, config(topic), rules);
  await rig.expectLines(numbered(1, 5));
  await rig.stop();
  rig.sink.settlesAtOnce = true;
  await rig.start(kafka, config(topic), rules);
  await rig.expectLines([...numbered(1, 5), ...numbered(4, 5)]);
});

it('stays in the group while Loki takes nothing, and hands the messages on once', async () => {
  const topic = ownName();
  broker.produce(topic, numbered(1, 3), '-p', '0');
  const rig = new TargetRig();
  const room = Promise.withResolvers<void>();
  rig.sink.hold = room.promise;
  rig.sink.settlesAtOnce = false;
  await rig.start(kafka, config(topic), rules);
  await rig.expectLines(numbered(1, 3));
  broker.produce(topic, numbered(4, 6), '-p', '0');
  // Longer than a member may be silent: nothing tells from outside that it is not.
  await sleep(12_000);
  rig.sink.hold = undefined;
  room.resolve();
  await rig.expectLines(numbered(1, 6));
  rig.sink.settleAll();
  await expect
    .poll(() => JSON.stringify(rig.target.parts?.map((claim) => claim.details())), { timeout: 10_000 })
    .toContain('"committed":"6"');
});

it('commits what the agent still sends when it is told to stop', async () => {
  const topic = ownName();
  broker.produce(topic, numbered(1, 3), '-p', '0');
  await using loki = await LokiReceiver.start();
  const agent = await startAgent({
    clients: [{ url: loki.pushUrl, batchwait: '1h' }],
    scrape_configs: [
      {
        job_name: 'kafka',
        pipeline_stages: [
          { metrics: { seen: { type: 'Counter', config: { match_all: true, action: 'inc' } } } },
        ],
        kafka: { brokers: [broker.address], topics: [topic], group_id: groupOf(topic), labels: { job: 'k' } },
      },
    ],
  });
  await agent.waitForMetric('promtail_custom_seen', (seen) => seen === 3);
  await agent.stop();
  expect(await loki.lines(3)).toEqual(numbered(1, 3));
  agent.restart();
  broker.produce(topic, numbered(4, 4), '-p', '0');
  await agent.waitForMetric('promtail_custom_seen', (seen) => seen === 1);
  await agent.stop();
  expect(await loki.lines(4)).toEqual(numbered(1, 4));
});

it.each(['range', 'roundrobin', 'sticky'])('shares partitions with others by %s', async (assignor) => {
  const topic = ownName();
  broker.produce(topic, ['first'], '-p', '0');
  const rigs = [new TargetRig(), new TargetRig()];
  for (const rig of rigs) await rig.start(kafka, config(topic, `, assignor: ${assignor}`), rules);
  const claims = () => rigs.map((rig) => rig.target.parts?.length);
  await expect.poll(claims, { timeout: 30_000 }).toEqual([1, 1]);
  broker.produce(topic, ['zero'], '-p', '0');
  broker.produce(topic, ['one'], '-p', '1');
  const lines = () => new Set(rigs.flatMap((rig) => rig.sink.lines));
  await expect.poll(lines, { timeout: 10_000 }).toEqual(new Set(['first', 'zero', 'one']));
});

it('reads topics by pattern, and by part of their name', async () => {
  const topic = ownName();
  broker.produce(`${topic}-a`, ['a']);
  broker.produce(`other-${topic}`, ['b']);
  const rig = new TargetRig();
  await rig.start(kafka, config(`^${topic}-[a-c]$`), rules);
  await rig.expectLines(['a']);
  const loose = new TargetRig();
  await loose.start(kafka, config(topic), rules);
  await loose.expectLines(['a', 'b'], { sorted: true });
});

it.each(['gzip', 'snappy', 'lz4', 'zstd'])('unpacks what was packed with %s', async (codec) => {
  const topic = ownName();
  const lines = Array.from({ length: 3000 }, (_, index) => `line ${index} ${'xyz'.repeat(index % 50)}`);
  broker.produce(topic, lines, '-z', codec, '-p', '0');
  const rig = new TargetRig();
  await rig.start(kafka, config(topic), rules);
  await rig.expectLines(lines, { timeout: 30_000 });
});

it('takes the time of messages when it is told to', async () => {
  const topic = ownName();
  const before = Date.now();
  broker.produce(topic, ['a']);
  const after = Date.now();
  const rig = new TargetRig();
  await rig.start(kafka, config(topic, ', use_incoming_timestamp: true'), rules);
  await rig.expectLines(['a']);
  const timeMs = Number(rig.sink.received[0]!.time / 1_000_000n);
  expect(timeMs).toBeGreaterThanOrEqual(before);
  expect(timeMs).toBeLessThanOrEqual(after);
});

it('leaves a partition alone that relabelling leaves no labels, so that its messages are not lost', async () => {
  const topic = ownName();
  broker.produce(topic, ['a']);
  const rig = new TargetRig();
  await rig.start(kafka, config(topic), `[{action: drop, source_labels: [__meta_kafka_topic], regex: .+}]`);
  await expect
    .poll(() => rig.logged.map(({ msg }) => msg), { timeout: 10_000 })
    .toContain('partition is not read: relabelling leaves it no labels');
  await rig.stop();
  await rig.start(kafka, config(topic), rules);
  await rig.expectLines(['a']);
});

it.each([
  ['PLAIN', 'sasl', ''],
  ['SCRAM-SHA-256', 'sasl', ''],
  ['SCRAM-SHA-512', 'saslSsl', 'use_tls: true, ca_file: CA'],
] as const)('logs in with %s over %s', async (mechanism, listener, tls) => {
  const topic = ownName();
  broker.produce(topic, ['a']);
  const ca = broker.file('ca.pem', broker.authority.cert);
  const login = `{mechanism: ${mechanism}, user: ${user}, password: ${password}, ${tls.replace('CA', ca)}}`;
  const rig = new TargetRig();
  const text = config(topic, `, authentication: {type: sasl, sasl_config: ${login}}`);
  await rig.start(kafka, text.replace(String(broker.ports.plain), String(broker.ports[listener])), rules);
  await rig.expectLines(['a']);
});

it('shows a client certificate', async () => {
  const topic = ownName();
  broker.produce(topic, ['a']);
  const { cert, key } = broker.authority.issue({ hosts: [] });
  const files = `ca_file: ${broker.file('ca.pem', broker.authority.cert)}, cert_file: ${broker.file('cert.pem', cert)}, key_file: ${broker.file('key.pem', key)}`;
  const rig = new TargetRig();
  const text = config(topic, `, authentication: {type: ssl, tls_config: {${files}}}`);
  await rig.start(kafka, text.replace(String(broker.ports.plain), String(broker.ports.ssl)), rules);
  await rig.expectLines(['a']);
});

it('goes on when the broker was away', async () => {
  const topic = ownName();
  broker.produce(topic, ['before'], '-p', '0');
  const rig = new TargetRig();
  await rig.start(kafka, config(topic), rules);
  await rig.expectLines(['before']);
  await expect
    .poll(() => JSON.stringify(rig.target.parts?.map((claim) => claim.details())), { timeout: 10_000 })
    .toContain('"committed":"1"');
  await broker.kill();
  await broker.run();
  broker.produce(topic, ['after'], '-p', '0');
  await rig.expectLines(['before', 'after'], { timeout: 60_000 });
}, 180_000);

it('does not start without a broker', async () => {
  const rig = new TargetRig();
  const start = rig.start(kafka, `{brokers: ['127.0.0.1:1'], topics: [a]}`);
  await expect(start).rejects.toThrow(/^error creating kafka client: .*127.0.0.1:1/);
});

it('asks Node for no wait of less than nothing, as it does when kafkajs looks after an empty queue', () => {
  expect(warned).not.toContain('TimeoutNegativeWarning');
});

it('tells what is wrong with its options', () => {
  const decode = (text: string) => () => decodeOptions(kafka, text);
  expect(decode('{topics: [a]}')).toThrow('no Kafka bootstrap brokers defined');
  expect(decode('{brokers: [b]}')).toThrow('no topics given to be consumed');
  expect(decode('{brokers: [b], topics: [""]}')).toThrow('invalid empty topic');
  expect(decode('{brokers: [b], topics: ["^a("]}')).toThrow('invalid topic pattern');
  expect(decode('{brokers: [b], topics: [a], assignor: x}')).toThrow(
    'unrecognized consumer group partition assignor: x',
  );
  expect(decode('{brokers: [b], topics: [a], version: new}')).toThrow('version');
  expect(decode('{brokers: [b], topics: [a], authentication: {type: x}}')).toThrow(
    'unsupported authentication type x',
  );
  expect(decode('{brokers: [b], topics: [a], authentication: {type: sasl}}')).toThrow(
    'error unsupported sasl mechanism',
  );
});
