import { expect, it, test } from 'vitest';
import type { ClientDeps } from '../../src/client/client-kind.js';
import { FanOut } from '../../src/client/fan-out.js';
import { Ack } from '../../src/entry/ack.js';
import type { Entry } from '../../src/entry/entry.js';
import { Metadata } from '../../src/entry/metadata.js';
import { packedOf } from '../support/packed-entries.js';
import { Source, startClient } from './client-under-test.js';
import { startReceiver } from './start-receiver.js';

const never = '1h';
const noLimits = { maxLineSize: 0, maxLineSizeTruncate: false, maxStreams: 0 };

interface Case {
  readonly config?: object;
  readonly limits?: ClientDeps['limits'];
  readonly entries: () => Entry[];
  /** Lines that are sent. */
  readonly sent: number;
}

const mixed = () => {
  const [get, list] = [new Source({ verb: 'get' }), new Source({ verb: 'list' })];
  const entries = [
    ...get.entries('g1', 'g2'),
    ...list.entries('l1'),
    ...get.entries('', 'g4'),
    ...list.entries('l2'),
  ];
  entries[2]!.metadata = Metadata.of([['id', '7']]);
  entries[4]!.nanos = 0;
  return entries;
};

const cases: Record<string, Case> = {
  'of several streams, with metadata': { entries: mixed, sent: 6 },
  'that do not fit into one batch': {
    config: { batchsize: 10 },
    entries: () => [
      ...new Source().entries('aaaa', 'bbbbbb', 'c', 'd'.repeat(30), 'e'),
      ...new Source({ a: 'b' }).entries('1234567890', '1'),
    ],
    sent: 7,
  },
  'with external labels': { config: { external_labels: { cluster: 'c' } }, entries: mixed, sent: 6 },
  'of one tenant': {
    entries: () => new Source({ __tenant_id__: 'red', a: 'b' }).entries('x', 'y'),
    sent: 2,
  },
  'of several tenants': {
    entries: () => [...mixed(), ...new Source({ __tenant_id__: 'red' }).entries('r')],
    sent: 7,
  },
  'of a tenant that no header can name': {
    entries: () => [...mixed(), ...new Source({ __tenant_id__: 'a\nb' }).entries('r')],
    sent: 6,
  },
  'one of which is too long': {
    limits: { ...noLimits, maxLineSize: 4 },
    entries: () => new Source().entries('abcd', 'abcde', 'abc'),
    sent: 2,
  },
  'one of which is to be cut': {
    limits: { ...noLimits, maxLineSize: 4, maxLineSizeTruncate: true },
    entries: () => new Source().entries('abcd', 'abcde', 'abc'),
    sent: 3,
  },
  'one of which has a time that cannot be pushed': {
    entries: () => {
      const entries = mixed();
      entries[1]!.seconds = -62_135_596_801;
      return entries;
    },
    sent: 5,
  },
  'of more streams than go into a batch': {
    limits: { ...noLimits, maxStreams: 1 },
    entries: mixed,
    sent: 6,
  },
};

test.each(Object.entries(cases))('takes packed entries %s as it takes others', async (_, given) => {
  const { config, limits = noLimits, entries, sent } = given;
  const [one, other] = [await startReceiver(), await startReceiver()];
  const settings = { batchwait: never, ...config };
  const plain = await startClient({ ...settings, url: one.pushUrl }, { limits });
  const packing = await startClient({ ...settings, url: other.pushUrl }, { limits });
  plain.client.push(entries());
  let isSettled = false;
  const its = entries();
  const ack = new Ack(its.length, () => {
    isSettled = true;
  });
  const packed = packedOf(its, ack);
  packing.client.pushPacked!(packed);
  packed.bytes.fill(0);
  await Promise.all([plain, packing].map(({ client }) => client.close(AbortSignal.timeout(10_000))));
  expect(other.requests.map(shown)).toEqual(one.requests.map(shown));
  expect(other.requests.flatMap((request) => request.streams.flatMap((each) => each.entries))).toHaveLength(
    sent,
  );
  expect(isSettled).toBe(true);
});

it('hands packed entries to several clients, and settles them once each has', async () => {
  const [first, second] = [await startReceiver(), await startReceiver()];
  const answered = Promise.withResolvers<void>();
  second.answer({ kind: 'normal', until: answered.promise });
  const clients = [await startClient({ url: first.pushUrl }), await startClient({ url: second.pushUrl })];
  const settled = Promise.withResolvers<void>();
  let isSettled = false;
  const entries = mixed();
  const ack = new Ack(entries.length, () => {
    isSettled = true;
    settled.resolve();
  });
  new FanOut(clients.map(({ client }) => client)).pushPacked(packedOf(entries, ack));
  await Promise.all([first.lines(6), second.waitFor(() => second.requests.length === 1)]);
  await clients[0]!.client.close(AbortSignal.timeout(10_000));
  expect(isSettled).toBe(false);
  answered.resolve();
  await settled.promise;
  expect(second.entries()).toEqual(first.entries());
});

it('has the source wait when packed entries fill what may be pending', async () => {
  const loki = await startReceiver();
  const answered = Promise.withResolvers<void>();
  loki.answer({ kind: 'normal', until: answered.promise });
  const { client } = await startClient({ url: loki.pushUrl, batchsize: 1, batchwait: never });
  const entries = new Source().entries('a', 'b', 'c', 'd');
  const settled = Promise.withResolvers<void>();
  const room = client.pushPacked!(packedOf(entries, new Ack(4, settled.resolve)));
  expect(room).toBeInstanceOf(Promise);
  answered.resolve();
  await room;
  expect(loki.requests.length).toBeGreaterThan(0);
  await client.close(AbortSignal.timeout(10_000));
  await settled.promise;
});

function shown({ tenant, streams }: { tenant: unknown; streams: readonly unknown[] }): unknown {
  return { tenant, streams };
}
