import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { azureEventHubs } from '../../../src/targets/azure-event-hubs/azure-event-hubs.js';
import { KafkaBroker } from '../../support/kafka-broker.js';
import { decodeOptions, TargetRig } from '../../support/target-rig.js';

let broker: KafkaBroker;
const trusted = getCACertificates('default');

beforeAll(async () => {
  broker = await KafkaBroker.start();
  // Event Hubs have certificates of public authorities.
  setDefaultCACertificates([...trusted, broker.authority.cert]);
}, 600_000);
afterAll(async () => {
  setDefaultCACertificates(trusted);
  await broker.stop();
});

const rules = `
- source_labels: [__azure_event_hubs_category]
  target_label: category
- source_labels: [__azure_event_hubs_category]
  regex: Noise
  action: drop
- source_labels: [__meta_kafka_topic]
  target_label: hub
`;

const record =
  '{"time": "2024-05-06T07:08:09.1234567Z", "category":"Audit" ,"resourceId":"r","operationName":"o"}';
const other = '{"timeStamp":"2024-05-06T07:08:09Z","category":"Noise","resourceId":"r","operationName":"o"}';
const own = '{"hello": [1, "a]}"]}';

/** Starts a target, and lets it read these messages. */
async function read(hub: string, messages: readonly string[], more = ''): Promise<TargetRig> {
  broker.produce(hub, ['before the target came'], '-p', '0');
  const rig = new TargetRig();
  const place = `fully_qualified_namespace: '127.0.0.1:${broker.ports.saslSsl}', connection_string: Endpoint=x`;
  await rig.start(azureEventHubs, `{${place}, event_hubs: [${hub}]${more}}`, rules);
  // Only when something has come from behind the end of the hub is it sure that the end was found. This is dropped.
  const committed = () => {
    broker.produce(hub, [`{"records":[${other}]}`], '-p', '0');
    return JSON.stringify(rig.target.parts?.map((claim) => claim.details()));
  };
  await expect.poll(committed, { timeout: 20_000, interval: 300 }).toMatch(/"committed":"\d/);
  broker.produce(hub, messages, '-p', '0');
  return rig;
}

it('sends the records of messages that come from now on, with their category, and other payloads as they are', async () => {
  const rig = await read('mixed', [
    `{"records": [${record}, ${other},${own} ]}`,
    'no JSON',
    '{"records":[]}',
  ]);
  await rig.expectLines([record, own, 'no JSON', '{"records":[]}']);
  expect(rig.sink.received.map(({ labels }) => labels)).toEqual([
    '{category="Audit", hub="mixed"}',
    '{hub="mixed"}',
    '{hub="mixed"}',
    '{hub="mixed"}',
  ]);
});

it('takes the time of records when it is told to', async () => {
  const rig = await read('timed', [`{"records":[${record}]}`], ', use_incoming_timestamp: true');
  await rig.expectLines([record]);
  expect(rig.sink.received[0]!.time).toBe(BigInt(Date.UTC(2024, 4, 6, 7, 8, 9)) * 1_000_000n + 123_456_700n);
});

it('reads the single quotes of function apps, and refuses what is no resource log when told to', async () => {
  const quoted = record.replaceAll('"', "'");
  const messages = ['no JSON', `{'records': [${quoted}, {'a': 1}]}`];
  const rig = await read('strict', messages, ', disallow_custom_messages: true');
  await rig.expectLines([record]);
  expect(rig.logged.filter(({ msg }) => String(msg).startsWith('message parsing error'))).toHaveLength(2);
});

it('tells what is wrong with its options', () => {
  const decode = (text: string) => () => decodeOptions(azureEventHubs, text);
  expect(decode('{event_hubs: [a]}')).toThrow('no fully_qualified_namespace defined');
  expect(decode('{fully_qualified_namespace: "n:9093"}')).toThrow('no event_hubs defined');
});
