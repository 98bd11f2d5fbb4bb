import { describe, expect, it, test } from 'vitest';
import type { Entry } from '../../../src/entry/entry.js';
import { LabelSets, type Labels } from '../../../src/entry/labels.js';
import type { LineBlock } from '../../../src/entry/line-block.js';
import type { PackedEntries } from '../../../src/entry/packed-entries.js';
import { Pipeline } from '../../../src/pipeline/pipeline.js';
import { lineBlockOf } from '../../support/line-blocks.js';
import { stagesOf } from '../../support/stages.js';

const usual = [
  { json: { expressions: { time: 'time', verb: 'verb', user: 'user.username', id: 'id' } } },
  { timestamp: { source: 'time', format: 'RFC3339Nano' } },
  { labels: { verb: null, user: null } },
  { structured_metadata: { id: null } },
];
const time = '"time":"2026-01-02T03:04:05.000006Z"';

interface Made {
  readonly labels: string;
  readonly seconds: number;
  readonly nanos: number;
  readonly line: string;
  readonly metadata: unknown;
}

/** A pipeline that tells how many entries of lines the stages have seen, and what came out. */
class PackingPipeline {
  readonly out: Made[] = [];
  readonly #pipeline: Pipeline;
  readonly #sets = new LabelSets();
  seen = 0;
  pushes = 0;

  constructor(stages: unknown[] = usual, after: () => Promise<void> | undefined = () => undefined) {
    const { stages: chain } = stagesOf(JSON.stringify(stages), { now: () => 0 });
    const counting = {
      process: (entries: Entry[]) => {
        this.seen += entries.length;
        return chain.process(entries);
      },
      plan: chain.plan.bind(chain),
    };
    const take = (entries: Entry[]) => {
      for (const { labels, seconds, nanos, line, metadata, ack, lines } of entries) {
        this.out.push({
          labels: labels.stream,
          seconds,
          nanos,
          line: line.text,
          metadata: metadata?.pairs() ?? [],
        });
        ack.done(lines);
      }
      this.pushes += 1;
      return after();
    };
    const sink = { push: take, pushPacked: (packed: PackedEntries) => take(packed.entries()) };
    this.#pipeline = new Pipeline(counting, sink, () => 0);
  }

  labels(labels: Record<string, string>): Labels {
    return this.#sets.of(Object.entries(labels));
  }

  push(block: LineBlock): Promise<void> | undefined {
    return this.#pipeline.pushLines(block);
  }

  pushLines(lines: readonly string[], labels: Record<string, string> = { job: 'audit' }): number {
    const { block, settled } = lineBlockOf(lines, this.labels(labels));
    this.push(block);
    return settled();
  }
}

it('has the stages look at the first line with certain labels only', () => {
  const pipeline = new PackingPipeline();
  const line = (verb: string, id: number) =>
    `{"verb":"${verb}","user":{"username":"ann"},"id":"${id}",${time}}`;
  const lines = ['get', 'get', 'list', 'get', 'list'].map(line);
  expect(pipeline.pushLines(lines)).toBe(5);
  expect(pipeline.seen).toBe(2);
  expect(pipeline.pushLines(lines)).toBe(5);
  expect(pipeline.seen).toBe(2);
  expect(pipeline.out).toHaveLength(10);
  expect(pipeline.out[8]).toEqual({
    labels: '{job="audit", user="ann", verb="get"}',
    seconds: Date.UTC(2026, 0, 2, 3, 4, 5) / 1000,
    nanos: 6000,
    line: lines[3],
    metadata: [['id', '3']],
  });
  expect(pipeline.pushes).toBe(2);
});

it('has the stages look at one line where no value decides the labels', () => {
  const pipeline = new PackingPipeline([usual[0], usual[1], usual[3]]);
  const lines = ['1', '2', '3'].map((id) => `{"id":"${id}",${time}}`);
  for (const filename of ['one', 'two']) expect(pipeline.pushLines(lines, { filename })).toBe(3);
  expect(pipeline.seen).toBe(2);
  expect(pipeline.out.map(({ labels, metadata }) => [labels, metadata])).toEqual(
    ['one', 'two'].flatMap((filename) =>
      ['1', '2', '3'].map((id) => [`{filename="${filename}"}`, [['id', id]]]),
    ),
  );
});

it('tells lines of one file from those of another', () => {
  const pipeline = new PackingPipeline();
  const line = `{"verb":"get",${time}}`;
  pipeline.pushLines([line, line], { filename: 'one' });
  pipeline.pushLines([line, line], { filename: 'two' });
  pipeline.pushLines([line], { filename: 'one' });
  expect(pipeline.seen).toBe(2);
  expect(pipeline.out.map(({ labels }) => labels)).toEqual([
    '{filename="one", verb="get"}',
    '{filename="one", verb="get"}',
    '{filename="two", verb="get"}',
    '{filename="two", verb="get"}',
    '{filename="one", verb="get"}',
  ]);
});

describe('leaves to the stages', () => {
  const known = `{"verb":"get","user":{"username":"ann"},"id":"1",${time}}`;
  test.each([
    ['a key that stands twice', `{"verb":"list","verb":"get","user":{"username":"ann"},${time}}`],
    [
      'a key on the way that stands twice',
      `{"verb":"get","user":{"username":"ann"},"user":{},"id":"1",${time}}`,
    ],
    [
      'a key that stands twice with no value to it',
      `{"verb":"get","user":{"username":"ann"},"user":7,${time}}`,
    ],
    ['a key written with escapes', `{"verb":"get","user":{"username":"ann"},"\\u0069d":"2",${time}}`],
    [
      'a number that is too large for a reader',
      `{"verb":"get","user":{"username":"ann"},"other":1e999,${time}}`,
    ],
    ['a line that is no JSON', `{"verb":"get","user":{"username":"ann"},${time}`],
    ['a time that is none', '{"verb":"get","user":{"username":"ann"},"time":"2026-02-30T00:00:00Z"}'],
    ['no time', '{"verb":"get","user":{"username":"ann"}}'],
    ['metadata with escapes', `{"verb":"get","user":{"username":"ann"},"id":"\\u0041",${time}}`],
    ['metadata beyond ASCII', `{"verb":"get","user":{"username":"ann"},"id":"é",${time}}`],
    ['metadata that is long', `{"verb":"get","user":{"username":"ann"},"id":"${'i'.repeat(9000)}",${time}}`],
    ['metadata that is an object', `{"verb":"get","user":{"username":"ann"},"id":{"x":1},${time}}`],
    [
      'metadata that is a number with a fraction',
      `{"verb":"get","user":{"username":"ann"},"id":1.50,${time}}`,
    ],
  ])('%s', (_, odd) => {
    const packing = new PackingPipeline();
    expect(packing.pushLines([known, odd, known])).toBe(3);
    expect(packing.seen).toBe(2);
    // The same from a pipeline that cannot be planned.
    const plain = new PackingPipeline([...usual, { match: { selector: '{no="such"}', action: 'drop' } }]);
    plain.pushLines([known, odd, known]);
    expect(plain.seen).toBe(3);
    expect(packing.out).toEqual(plain.out);
  });
});

it('lets metadata be numbers, booleans, empty or missing', () => {
  const pipeline = new PackingPipeline();
  const ids = ['7', '0', 'true', 'false', '""', 'null', '"x"'];
  pipeline.pushLines([`{${time}}`, ...ids.map((id) => `{"id":${id},${time}}`)]);
  expect(pipeline.seen).toBe(1);
  expect(pipeline.out.map(({ metadata }) => metadata)).toEqual([
    [],
    [['id', '7']],
    [['id', '0']],
    [['id', 'true']],
    [['id', 'false']],
    [['id', '']],
    [],
    [['id', 'x']],
  ]);
});

it('goes on from the time of a packed line where the next has none', () => {
  const pipeline = new PackingPipeline();
  pipeline.pushLines([`{"verb":"get",${time}}`, `{"verb":"get",${time}}`, '{"verb":"get"}']);
  pipeline.pushLines([`{"verb":"get",${time.replace('6Z', '8Z')}}`]);
  pipeline.pushLines(['{"verb":"get"}']);
  expect(pipeline.out.map(({ nanos }) => nanos)).toEqual([6000, 6000, 6001, 8000, 8001]);
});

it('goes on from the last time of the same labels, where labels are set before the time', () => {
  const [json, timestamp, labels] = usual as [unknown, unknown, unknown];
  const pipeline = new PackingPipeline([json, labels, timestamp]);
  const at = (verb: string, micros: number) =>
    `{"verb":"${verb}","time":"2026-01-02T03:04:05.00000${micros}Z"}`;
  pipeline.pushLines([at('get', 1), at('list', 2)]);
  pipeline.pushLines([at('get', 3), at('list', 4), '{"verb":"get"}', '{"verb":"list"}']);
  expect(pipeline.seen).toBe(4);
  expect(pipeline.out.map(({ nanos }) => nanos)).toEqual([1000, 2000, 3000, 4000, 3001, 4001]);
});

it('settles the lines that a stage drops', () => {
  const stages = structuredClone(usual) as [{ json: object }];
  stages[0].json = { ...stages[0].json, drop_malformed: true };
  const pipeline = new PackingPipeline(stages);
  expect(pipeline.pushLines(['text', `{${time}}`, 'text', `{${time}}`])).toBe(4);
  expect(pipeline.out).toHaveLength(2);
  expect(pipeline.pushLines(['text'])).toBe(1);
  expect(pipeline.pushes).toBe(1);
});

it('forgets what labels follow when there are too many, and sees them anew', () => {
  const pipeline = new PackingPipeline();
  const known = `{"verb":"get",${time}}`;
  const lines: string[] = [];
  for (let user = 0; user < 6000; user++)
    lines.push(known, known, `{"verb":"get","user":{"username":"${user}"},${time}}`);
  expect(pipeline.pushLines(lines)).toBe(18_000);
  // The line that is known is seen once more after everything was forgotten.
  expect(pipeline.seen).toBe(6002);
  expect(pipeline.out.map(({ line }) => line)).toEqual(lines);
  expect(
    pipeline.out.every(({ line, labels }) => labels.includes('user') === line.includes('username')),
  ).toBe(true);
  expect(pipeline.out.at(-1)!.labels).toBe('{job="audit", user="5999", verb="get"}');
});

it('leaves some blocks to the stages whole, when they had to look at most lines of the last one', () => {
  const pipeline = new PackingPipeline();
  const lines = Array.from({ length: 200 }, (_, verb) => `{"verb":"${verb}",${time}}`);
  for (let block = 1; block <= 16; block++) pipeline.pushLines(lines);
  expect(pipeline.seen).toBe(16 * 200);
  pipeline.pushLines(lines);
  expect(pipeline.seen).toBe(16 * 200);
  expect(pipeline.out).toHaveLength(17 * 200);
});

it('takes lines and blocks of any size', () => {
  const pipeline = new PackingPipeline();
  const sizes = [0, 10, 100_000, 300_000, 20, 400_000, 500_000];
  const lines = sizes.map((size) => `{"verb":"get","other":"${'o'.repeat(size)}",${time}}`);
  expect(pipeline.pushLines([lines[1]!])).toBe(1);
  expect(pipeline.pushLines(lines)).toBe(7);
  expect(pipeline.pushLines(Array.from({ length: 5000 }, () => lines[0]!))).toBe(5000);
  expect(pipeline.seen).toBe(1);
  // Longer than any that a file's reader hands on in a block.
  const long = lines[0]!.replace('get', 'g'.repeat(3_000_000));
  expect(pipeline.pushLines([long, lines[0]!])).toBe(2);
  expect(pipeline.seen).toBe(2);
  expect(pipeline.out.slice(1, 8).map(({ line }) => line)).toEqual(lines);
  expect(pipeline.out).toHaveLength(5010);
  expect(pipeline.out.at(-2)!.line).toBe(long);
});

it('knows how many lines there were, and skips holes', () => {
  const pipeline = new PackingPipeline();
  const line = `{"verb":"get",${time}}`;
  const { block } = lineBlockOf([line, line, `\0\0\0${line}`, '', line], pipeline.labels({}));
  pipeline.push(block);
  expect(block.length).toBe(5);
  expect(pipeline.out.map((entry) => entry.line)).toEqual([line, line, line, '', line]);
});

it('waits until what was packed is taken before it packs on', async () => {
  const gate = Promise.withResolvers<void>();
  const pipeline = new PackingPipeline(usual, () => gate.promise);
  const lines = Array.from({ length: 3000 }, (_, index) => `{"verb":"get","id":"${index}",${time}}`);
  const { block, settled } = lineBlockOf(lines, pipeline.labels({ job: 'audit' }));
  const pushed = pipeline.push(block);
  expect(pipeline.pushes).toBe(1);
  expect(settled()).toBe(2048);
  gate.resolve();
  await pushed;
  expect(settled()).toBe(3000);
  expect(pipeline.out.map(({ line }) => line)).toEqual(lines);
});

it('packs lines of as many values as there may be', () => {
  const names = numbered(32);
  const pipeline = new PackingPipeline([extracting({ time: 'time', ...names }), usual[1], { labels: names }]);
  const line = `{${Object.keys(names).map((name) => `"${name}":1`)},${time}}`;
  expect(pipeline.pushLines([line, line, line])).toBe(3);
  expect(pipeline.seen).toBe(1);
  expect(pipeline.out[2]).toEqual({ ...pipeline.out[0] });
});

test.each([
  [
    'labels of more values than are taken together',
    [extracting({ time: 'time', ...numbered(33) }), usual[1], { labels: numbered(33) }],
  ],
  [
    'more values than are found in one walk',
    [
      extracting({ time: 'time', ...numbered(300) }),
      extracting(Object.fromEntries(Object.keys(numbered(300)).map((name) => [`${name}s`, `s.${name}`]))),
      usual[1],
      { structured_metadata: { ...numbered(300), ...numbered(300, 's') } },
    ],
  ],
  ['a stage that looks at more than values', [...usual, { match: { selector: '{a="b"}', action: 'drop' } }]],
  ['an expression that is not a path', [{ json: { expressions: { time: 'time', a: 'b[0]' } } }, usual[1]]],
  ['values from elsewhere than the line', [{ json: { expressions: { time: null }, source: 'x' } }, usual[1]]],
  ['a time in another format', [usual[0], { timestamp: { source: 'time', format: 'Unix' } }]],
  ['no time', [usual[0], usual[2]]],
  ['a time between stages that set labels', [usual[0], usual[2], usual[1], { labels: { id: null } }]],
  ['a label that becomes metadata', [...usual, { structured_metadata: { verb: null } }]],
  ['a label of the file that becomes metadata', [...usual, { structured_metadata: { job: null } }]],
])('leaves all lines to the stages with %s', (_, stages) => {
  const pipeline = new PackingPipeline(stages);
  const line = `{"verb":"get",${time}}`;
  expect(pipeline.pushLines([line, line, line])).toBe(3);
  expect(pipeline.seen).toBe(3);
});

/** Expressions that are their own names: `v0`, `v1` and so on. */
function numbered(count: number, ending = ''): Record<string, string> {
  const names = Array.from({ length: count }, (_, index) => `v${index}${ending}`);
  return Object.fromEntries(names.map((name) => [name, name]));
}

function extracting(expressions: Record<string, string>): unknown {
  return { json: { expressions } };
}
