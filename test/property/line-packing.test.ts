import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Entry } from '../../src/entry/entry.js';
import { LabelSets } from '../../src/entry/labels.js';
import type { PackedEntries } from '../../src/entry/packed-entries.js';
import { ReadClock } from '../../src/entry/read-clock.js';
import { writeEntry } from '../../src/entry/wire-entry.js';
import { Pipeline } from '../../src/pipeline/pipeline.js';
import { jsonTexts } from '../go/json/json-texts.js';
import { lineBlockOf, readSecond } from '../support/line-blocks.js';
import { stagesOf } from '../support/stages.js';

const numRuns = Number(process.env.PROPERTY_RUNS ?? 1000);

it('packs what the stages make of lines', async () => {
  await fc.assert(
    fc.asyncProperty(
      pipelines(),
      fc.array(fc.tuple(fc.constantFrom('one.log', 'two.log'), fc.array(lines(), { maxLength: 12 })), {
        maxLength: 6,
      }),
      async (stages, blocks) => {
        expect(await run(stages, blocks, true)).toEqual(await run(stages, blocks, false));
      },
    ),
    { numRuns },
  );
});

/** Stages that can be planned, and now and then one that cannot. */
function pipelines(): fc.Arbitrary<unknown[]> {
  const name = fc.constantFrom('a', 'b', 'c', 'time', 'app', 'filename');
  const path = fc.constantFrom('a', 'a', 'b', 'c', 'a.b', 'b.c', 'c.a.b', 'time', '"d.e"', '""', '__proto__');
  const sources = fc.dictionary(name, fc.option(name), { minKeys: 1, maxKeys: 3 });
  const json = fc.record({ json: fc.record({ expressions: fc.dictionary(name, path, { minKeys: 1 }) }) });
  const stage = fc.oneof(
    { arbitrary: json, weight: 2 },
    { arbitrary: fc.record({ labels: sources }), weight: 3 },
    { arbitrary: fc.record({ structured_metadata: sources }), weight: 3 },
    fc.record({ static_labels: fc.dictionary(name, fc.constantFrom('x', 'y'), { minKeys: 1 }) }),
    fc.record({ labeldrop: fc.array(name, { minLength: 1 }) }),
    fc.record({ labelallow: fc.array(name, { minLength: 1 }) }),
    fc.record({ tenant: fc.oneof(fc.record({ source: name }), fc.record({ label: name })) }),
    fc.constant({ drop: { source: 'a', value: 'x' } }),
  );
  const timestamp = fc.record({
    timestamp: fc.record({
      source: fc.constantFrom('time', 'time', 'time', 'a'),
      format: fc.constantFrom('RFC3339Nano', 'RFC3339Nano', 'RFC3339', 'Unix'),
      action_on_failure: fc.constantFrom('fudge', 'skip'),
    }),
  });
  return fc
    .tuple(
      json.map(({ json: { expressions } }) => ({ json: { expressions: { ...expressions, time: 'time' } } })),
      fc.array(stage, { maxLength: 3 }),
      timestamp,
      fc.array(stage, { maxLength: 4 }),
    )
    .map(([first, before, time, after]) => [first, ...before, time, ...after]);
}

/** JSON objects with the values that the pipelines look for, and lines that are no such thing. */
function lines(): fc.Arbitrary<string> {
  const time = fc.oneof(
    { arbitrary: times(), weight: 6 },
    fc.constantFrom(
      '"2024-05-01T10:00:60Z"',
      '"2024-02-30T10:00:00Z"',
      '"2023-02-29T10:00:00Z"',
      '"2024-05-01T10:00:00.Z"',
      '"2024-05-01T10:00:00.0000000001Z"',
      '"2024-05-01T10:00:00+02:00"',
      '"2024-05-01t10:00:00z"',
      '"2024-05-01T24:00:00Z"',
      '"2024-05-0:T10:00:00Z"',
      '"0000-01-01T00:00:00Z"',
      '"1970-01-01T00:00:00Z"',
      '"1969-12-31T23:59:59Z"',
      '"9999-12-31T23:59:59.999999999Z"',
      '"2024-05-01T10:00:0\\u0030Z"',
      '"yesterday"',
      '17',
      'null',
      '{"a":1}',
    ),
  );
  const long = `"${'x'.repeat(9000)}"`;
  const value = fc.constantFrom(
    ...[
      '"x"',
      '"y"',
      '"x"',
      '""',
      '"é"',
      '"\\u0041"',
      '"a\\nb"',
      '7',
      '-7',
      '0.5',
      '1e3',
      '1e999',
      'true',
      'false',
    ],
    ...[
      'null',
      '{"b":"x"}',
      '{"b":{"c":1}}',
      '{"a":{"b":"z"},"c":2}',
      '[1,2]',
      '123456789012345',
      '1234567890123456',
    ],
    ...['"\u0080"', `"${'k'.repeat(70)}"`, `"${'k'.repeat(130)}"`, long, '"\\ud800"', '{"b":"x","b":"y"}'],
  );
  const key = fc.constantFrom(
    'a',
    'b',
    'c',
    'a',
    'b',
    'c',
    'd.e',
    '',
    '__proto__',
    'other',
    '\\u0061',
    'time',
  );
  const member = fc.tuple(key, value).map(([its, of]) => `"${its}":${of}`);
  const object = fc
    .tuple(fc.option(time, { freq: 8 }), fc.array(member, { maxLength: 5 }), fc.constantFrom(',', ' , '))
    .map(([its, members, comma]) => {
      const all = its === null ? members : [...members, `"time":${its}`];
      return `{${all.join(comma)}}`;
    });
  const broken = fc.constantFrom(
    '',
    ' ',
    '{',
    '{}',
    '[]',
    'null',
    '{"a":"x"} x',
    '{"a":"x"}\r',
    '{"a" "x"}',
    'text',
  );
  return fc.oneof(
    { arbitrary: object, weight: 10 },
    broken,
    jsonTexts().filter((text) => !text.includes('\n')),
  );
}

function times(): fc.Arbitrary<string> {
  const minute = fc.constantFrom(
    ...['2024-05-01T10:00', '2024-05-01T10:00', '2024-05-01T10:01', '2024-02-29T23:59', '1970-01-01T00:00'],
    ...['2000-02-29T00:00', '2100-02-28T12:00', '2105-12-31T23:59', '2106-01-01T00:00', '1972-12-31T01:02'],
  );
  const second = fc.integer({ min: 0, max: 59 }).map((number) => String(number).padStart(2, '0'));
  const fraction = fc.constantFrom('', '.5', '.000001', '.123456789', '.999999', '.0');
  return fc.tuple(minute, second, fraction).map(([m, s, f]) => `"${m}:${s}${f}Z"`);
}

async function run(
  stages: unknown[],
  blocks: readonly (readonly [string, readonly string[]])[],
  isPacked: boolean,
): Promise<unknown[]> {
  const { stages: chain } = stagesOf(JSON.stringify(stages), { now: () => 0 });
  const out: unknown[] = [];
  const take = (entries: readonly Entry[]): undefined => {
    for (const entry of entries) {
      out.push(snapshot(entry));
      entry.ack.done(entry.lines);
    }
  };
  const pipeline = new Pipeline(
    chain,
    { push: take, pushPacked: (packed: PackedEntries) => take(checked(packed)) },
    () => 0,
  );
  const sets = new LabelSets();
  const clock = new ReadClock();
  for (const [filename, its] of blocks) {
    if (its.length === 0) continue;
    const labels = sets.of([
      ['app', 'web'],
      ['filename', filename],
    ]);
    const { block, settled, wipe } = lineBlockOf(its, labels, clock);
    await (isPacked ? pipeline.pushLines(block) : pipeline.push(block.entries()));
    expect(settled()).toBe(its.length);
    wipe();
  }
  return out;
}

/** Entries as `writeEntry` writes them, one behind the other. */
function checked(packed: PackedEntries): Entry[] {
  const entries = packed.entries();
  for (const [index, { seconds, nanos, line, metadata }] of entries.entries()) {
    const room = Buffer.alloc(line.byteLength * 4 + 1000);
    const end = writeEntry(room, 0, seconds, nanos, line, line.byteLength, metadata);
    expect(packed.bytes.subarray(packed.start(index), packed.end(index))).toEqual(room.subarray(0, end));
    expect(packed.size(index)).toBe(line.byteLength + (metadata?.size ?? 0));
  }
  return entries;
}

function snapshot({ labels, seconds, nanos, line, metadata }: Entry): unknown {
  const bytes = Buffer.alloc(line.byteLength);
  line.writeTo(bytes, 0);
  // Which of the moments of reading it is depends on how many lines had to be given one.
  const time = seconds === readSecond ? 'read' : [seconds, nanos];
  const size = metadata?.size;
  return { stream: labels.key, time, line: bytes.toString('latin1'), metadata: metadata?.pairs(), size };
}
