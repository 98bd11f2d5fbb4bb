import { expect, it } from 'vitest';
import type { LokiOptions } from '../../src/client/loki.js';
import { Ack } from '../../src/entry/ack.js';
import { Metadata } from '../../src/entry/metadata.js';
import { DryClient } from '../../src/preflight/dry-client.js';
import { clientConfig, Source } from '../client/client-under-test.js';
import { packedOf } from '../support/packed-entries.js';

function entries() {
  const [get, list] = [new Source({ verb: 'get' }), new Source({ verb: 'list' })];
  const all = ['x'.repeat(40), 'b', '', 'y'.repeat(90), 'e'].flatMap((line) => [
    ...get.entries(line),
    ...list.entries(line),
  ]);
  all[3]!.metadata = Metadata.of([['id', '7']]);
  return all;
}

it.each([1, 60, 1_000_000])(
  'makes the same pushes of packed entries, in batches of %i bytes',
  (batchsize) => {
    const options = clientConfig({ url: 'http://localhost:1/push', batchsize }) as LokiOptions;
    const [plain, packing] = [new DryClient(options), new DryClient(options)];
    const its = entries();
    let isSettled = false;
    const ack = new Ack(its.length, () => {
      isSettled = true;
    });
    const packed = packedOf(its, ack);
    plain.push(entries());
    packing.pushPacked(packed);
    for (const client of [plain, packing]) client.flush();
    expect(isSettled).toBe(true);
    expect(packing.bytes).toBe(plain.bytes);
    expect(packing.pushedBytes).toBe(plain.pushedBytes);
    expect(packing.sample.ratio).toBe(plain.sample.ratio);
  },
);
