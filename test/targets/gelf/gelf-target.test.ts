import { createSocket } from 'node:dgram';
import { deflateSync, gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { Chunks } from '../../../src/targets/gelf/chunks.js';
import { type GelfTarget, gelf } from '../../../src/targets/gelf/gelf-target.js';
import { TargetRig } from '../../support/target-rig.js';

async function start(options = '', rules = '[]') {
  const rig = new TargetRig();
  const target = (await rig.start(gelf, `listen_address: 127.0.0.1:0\n${options}`, rules)) as GelfTarget;
  const send = async (...datagrams: (string | Buffer)[]) => {
    const socket = createSocket('udp4');
    for (const datagram of datagrams)
      await new Promise((resolve) => socket.send(datagram, target.port, '127.0.0.1', resolve));
    socket.close();
  };
  return { rig, send };
}

/** A message in so many parts. */
function inParts(message: Buffer, count: number, id = 'message1'): Buffer[] {
  const place = (index: number) => Math.floor((index * message.length) / count);
  return Array.from({ length: count }, (_, index) =>
    Buffer.concat([
      Buffer.from([0x1e, 0x0f]),
      Buffer.from(id),
      Buffer.from([index, count]),
      message.subarray(place(index), place(index + 1)),
    ]),
  );
}

const message = (fields: object = {}) => ({ version: '1.1', host: 'h', short_message: 's', ...fields });
const sent = (text: string) =>
  `{"version":"1.1","host":"h","short_message":${JSON.stringify(text)},"timestamp":0}`;

it('takes a message with its labels, and sends its fields in a fixed order', async () => {
  const rules = '[{action: labelmap, regex: __gelf_message_(.+)}]';
  const { rig, send } = await start('labels: {job: gelf}\nuse_incoming_timestamp: true', rules);
  const fields = {
    _b: 1.5,
    _a: { x: '<&>' },
    level: 3,
    ignored: 'as it is no field of GELF',
    facility: 'f',
    timestamp: 1700000000.123,
    full_message: 'full ü',
  };
  await send(`${JSON.stringify(message(fields))}\0`);
  await rig.expectLines([
    '{"version":"1.1","host":"h","short_message":"s","full_message":"full ü","timestamp":1700000000.123,"level":3,' +
      '"facility":"f","_a":{"x":"\\u003c\\u0026\\u003e"},"_b":1.5}',
  ]);
  const [received] = rig.sink.received;
  expect(received!.labels).toBe('{facility="f", host="h", job="gelf", level="error", version="1.1"}');
  // As far as a float tells.
  expect(received!.time).toBe(1_700_000_000_122_999_808n);
  expect(await rig.metric('promtail_gelf_target_entries_total')).toEqual({ '': 1 });
});

it('takes datagrams of any size, packed or not', async () => {
  const { rig, send } = await start();
  const long = 'x'.repeat(40_000);
  const noise = Buffer.from(Array.from({ length: 4000 }, (_, i) => (i * 7919 * (i % 31)) & 0x7f)).toString(
    'hex',
  );
  await send(
    JSON.stringify(message({ short_message: long })),
    gzipSync(JSON.stringify(message({ short_message: noise }))),
    deflateSync(JSON.stringify(message({ short_message: 'zlib' }))),
  );
  await rig.expectLines([sent(long), sent(noise), sent('zlib')]);
});

it('puts messages together whose parts come mixed, twice, and in any order', async () => {
  const { rig, send } = await start();
  const first = inParts(
    gzipSync(JSON.stringify(message({ short_message: 'first'.repeat(1000) }))),
    3,
    'aaaaaaaa',
  );
  const second = inParts(
    Buffer.from(JSON.stringify(message({ short_message: 'second'.repeat(100) }))),
    128,
    'bbbbbbbb',
  );
  await send(first[2]!, ...second.slice(1), first[0]!, first[0]!, second[0]!, first[1]!);
  await rig.expectLines([sent('second'.repeat(100)), sent('first'.repeat(1000))]);
});

it('counts what it cannot read, and goes on', async () => {
  const { rig, send } = await start();
  const [part] = inParts(Buffer.from('{}'), 1);
  part![10] = 1;
  await send('not JSON', '[]', '', Buffer.from([0x1f, 0x8b, 1]), Buffer.from([0x1e, 0x0f, 1]), part!, 'null');
  await send(JSON.stringify(message()));
  await rig.expectLines([sent('s')]);
  expect(await rig.metric('promtail_gelf_target_parsing_errors_total')).toEqual({ '': 6 });
  expect(rig.logged.filter(({ msg }) => /told once/.test(String(msg)))).toHaveLength(1);
  expect(rig.target.details()).toMatchObject({ lastFault: expect.any(String) });
});

it('sends a message with a field of the wrong type as it came', async () => {
  const { rig, send } = await start('', '[{action: labelmap, regex: __gelf_message_(.+)}]');
  const text = JSON.stringify(message({ level: '6' }));
  await send(text);
  await rig.expectLines([text]);
  expect(rig.sink.received[0]!.labels).toBe('{host="h", level="emergency", version="1.1"}');
  expect(await rig.metric('promtail_gelf_target_parsing_errors_total')).toEqual({ '': 1 });
});

it('gives up messages that are not complete in time', () => {
  let given = 0;
  const chunks = new Chunks((messages) => {
    given += messages;
  });
  const parts = inParts(Buffer.from('abcdef'), 2);
  expect(chunks.add(parts[0]!, 'a', 0)).toBeUndefined();
  expect(chunks.add(parts[1]!, 'another sender', 1000)).toBeUndefined();
  expect(chunks.add(parts[1]!, 'a', 4999)?.toString()).toBe('abcdef');
  expect(given).toBe(0);
  expect(chunks.add(parts[0]!, 'another sender', 6001)).toBeUndefined();
  expect(given).toBe(1);
});

it('keeps what it holds of incomplete messages within bounds', () => {
  let given = 0;
  const chunks = new Chunks((messages) => {
    given += messages;
  });
  for (let i = 0; i < 600; i++) {
    const [part] = inParts(Buffer.alloc(2 * 60_000), 2, String(i).padStart(8));
    chunks.add(part!, 'a', 0);
  }
  expect(given).toBeGreaterThan(300);
});
