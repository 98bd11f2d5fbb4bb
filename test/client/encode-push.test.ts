import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import protobuf from 'protobufjs';
import { expect, it } from 'vitest';
import { Batch } from '../../src/client/batch.js';
import { BatchMemory } from '../../src/client/batch-memory.js';
import { ByteBuffer } from '../../src/client/byte-buffer.js';
import { decodeEntry, entryEnd } from '../../src/client/decode-entry.js';
import { encodePush } from '../../src/client/encode-push.js';
import type { EntryRuns } from '../../src/client/entry-runs.js';
import { Ack, noAck } from '../../src/entry/ack.js';
import { Entry } from '../../src/entry/entry.js';
import { LabelSets } from '../../src/entry/labels.js';
import { Line } from '../../src/entry/line.js';
import { Metadata } from '../../src/entry/metadata.js';
import { encodeText } from '../../src/entry/text.js';
import { isEncodableTime } from '../../src/entry/wire-entry.js';

const schema = protobuf.parse(readFileSync(new URL('../../proto/push.proto', import.meta.url), 'utf8')).root;
const pushRequest = schema.lookupType('logproto.PushRequest');
const labelPair = schema.lookupType('logproto.LabelPair');
const labelSets = new LabelSets();

interface Given {
  stream: number;
  seconds: number;
  nanos: number;
  line: Uint8Array | string;
  metadata: [string, string][];
}

/** Short and ASCII, or neither: both have a way of their own. */
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'grapheme' }),
  fc.string({ minLength: 60, maxLength: 400 }),
);
const given = fc.array(
  fc.record<Given>({
    stream: fc.nat(3),
    seconds: fc.oneof(
      fc.integer({ min: -62_135_596_800, max: 253_402_300_799 }),
      fc.constantFrom(0, -1, 2 ** 31, 2 ** 32),
    ),
    nanos: fc.oneof(fc.constant(0), fc.nat(999_999_999)),
    line: fc.oneof(fc.uint8Array({ maxLength: 300 }), text),
    metadata: fc.array(fc.tuple(text, text), { maxLength: 3 }),
  }),
  { minLength: 1, maxLength: 60 },
);

it('writes what protobufjs writes for the same entries', () => {
  fc.assert(
    fc.property(given, (entries) => {
      const batch = batchOf(entries);
      expect(encoded(batch, batch.runs).equals(reference(entries))).toBe(true);
    }),
  );
});

it('writes many entries whose streams take turns', () => {
  const entries = Array.from({ length: 100 }, (_, index) => ({
    stream: index % 3,
    seconds: index,
    nanos: 0,
    line: `line ${index}`,
    metadata: [],
  }));
  const batch = batchOf(entries);
  expect(encoded(batch, batch.runs).equals(reference(entries))).toBe(true);
});

it('writes the halves of a batch as the entries of each half', () => {
  fc.assert(
    fc.property(
      given.filter((entries) => entries.length > 1),
      (entries) => {
        const batch = batchOf(entries);
        const [first, second] = batch.runs.halves(batch.bytes);
        const middle = first.entryCount;
        expect(middle).toBe(Math.floor(entries.length / 2));
        expect(encoded(batch, first).equals(reference(entries.slice(0, middle)))).toBe(true);
        expect(encoded(batch, second).equals(reference(entries.slice(middle)))).toBe(true);
      },
    ),
  );
});

it('reads back what it wrote', () => {
  fc.assert(
    fc.property(given, (entries) => {
      const { bytes } = batchOf(entries);
      let at = 0;
      for (const { seconds, nanos, line, metadata } of entries) {
        const end = entryEnd(bytes, at);
        const decoded = decodeEntry(bytes, at, end);
        expect(decoded).toEqual({ seconds: BigInt(seconds), nanos, line: lineBytes(line), metadata });
        at = end;
      }
      expect(at).toBe(bytes.length);
    }),
  );
});

it('counts the size of a batch as Promtail does: lines and metadata, without labels and framing', () => {
  const metadata: [string, string][] = [
    ['user', 'anna'],
    ['empty', ''],
    ['long', 'x'.repeat(300)],
  ];
  const pairs = metadata.map(([name, value]) =>
    labelPair.encode({ ...(name && { name }), ...(value && { value }) }).finish(),
  );
  expect(Metadata.of(metadata).size).toBe(pairs.reduce((sum, { length }) => sum + length, 0));
});

it('knows which times a push can carry', () => {
  expect(isEncodableTime(-62_135_596_800, 0)).toBe(true);
  expect(isEncodableTime(-62_135_596_801, 999_999_999)).toBe(false);
  expect(isEncodableTime(253_402_300_799, 999_999_999)).toBe(true);
  expect(isEncodableTime(253_402_300_800, 0)).toBe(false);
  expect(isEncodableTime(Number.NaN, 0)).toBe(false);
});

it('settles each chunk once, by all of its lines', () => {
  let settled = 0;
  const acks = [new Ack(3, () => settled++), new Ack(2, () => settled++)];
  const batch = new Batch('', 0, new BatchMemory(8));
  const labels = labelSets.of([['a', 'b']]);
  for (const [ack, lines] of [
    [acks[0], 1],
    [acks[0], 2],
    [acks[1], 2],
  ] as const) {
    const entry = new Entry(labels, 1, 0, Line.ofText('x'), ack!);
    entry.lines = lines;
    batch.add(entry, labels, entry.line, 1, 1);
  }
  expect(settled).toBe(0);
  batch.settle();
  expect(settled).toBe(2);
});

function batchOf(entries: readonly Given[]): Batch {
  // Too small, so that it has to grow.
  const batch = new Batch('', 0, new BatchMemory(8));
  for (const { stream, seconds, nanos, line, metadata } of entries) {
    const labels = labelSets.of([['stream', String(stream)]]);
    const entry = new Entry(labels, seconds, nanos, lineOf(line), noAck);
    entry.metadata = Metadata.of(metadata);
    const size = entry.line.byteLength;
    batch.add(entry, labels, entry.line, size, size);
  }
  return batch;
}

function encoded(batch: Batch, runs: EntryRuns): Buffer {
  const to = ByteBuffer.ofCapacity(8);
  encodePush(batch, runs, to);
  return to.view();
}

/** The same request by protobufjs, which likewise leaves out what is not set; streams in the order of their labels. */
function reference(entries: readonly Given[]): Buffer {
  const streams = new Map(entries.map(({ stream }) => [stream, [] as object[]]));
  for (const { stream, seconds, nanos, line, metadata } of entries) {
    const bytes = lineBytes(line);
    const list = streams.get(stream)!;
    list.push({
      timestamp: { ...(seconds !== 0 && { seconds }), ...(nanos !== 0 && { nanos }) },
      ...(bytes.length > 0 && { line: bytes }),
      structuredMetadata: metadata.map(([name, value]) => ({
        ...(name && { name }),
        ...(value && { value }),
      })),
    });
  }
  const message = {
    streams: [...streams]
      .map(([stream, list]) => ({ labels: `{stream="${stream}"}`, entries: list }))
      .sort((one, other) => (one.labels < other.labels ? -1 : 1)),
  };
  return Buffer.from(pushRequest.encode(message).finish());
}

function lineOf(line: Uint8Array | string): Line {
  return typeof line === 'string' ? Line.ofText(line) : Line.ofBytes(Buffer.from(line));
}

function lineBytes(line: Uint8Array | string): Buffer {
  return typeof line === 'string' ? encodeText(line) : Buffer.from(line);
}
