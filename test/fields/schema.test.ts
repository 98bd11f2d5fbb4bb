import { expect, it } from 'vitest';
import { parseConfigText } from '../../src/fields/node.js';
import { Problems } from '../../src/fields/problems.js';
import { bool, duration, int, text } from '../../src/fields/scalars.js';
import type { Schema } from '../../src/fields/schema.js';
import { listOf, mapOf, required, stageStruct, struct, withDefault } from '../../src/fields/schema.js';

const client = struct({
  url: required(text),
  batchwait: withDefault(duration, 1000),
  on: withDefault(bool, false),
});

function decode<T>(schema: Schema<T>, yaml: string): { value: T; errors: string[]; warnings: string[] } {
  const problems = new Problems('x.yaml');
  const value = schema.decode(parseConfigText(yaml, problems), problems);
  const print = (list: typeof problems.errors) => list.map((problem) => problems.print(problem));
  return { value, errors: print(problems.errors), warnings: print(problems.warnings) };
}

it('tells every mistake in one go, with its place, path and what was expected', () => {
  const { errors } = decode(
    struct({ clients: required(listOf(client)) }),
    'clients:\n  - urll: x\n    batchwait: 1q\n    on: "true"\n',
  );
  expect(errors).toEqual([
    "x.yaml:2:5: clients[0]: unknown key 'urll', did you mean 'url'?",
    "x.yaml:2:5: clients[0]: 'url' is required",
    expect.stringContaining('x.yaml:3:16: clients[0].batchwait: '),
    'x.yaml:4:9: clients[0].on: expected true or false, not "true"',
  ]);
});

it('takes what Promtail takes: numbers as texts, bare nanoseconds, merge keys, null blocks', () => {
  const schema = struct({
    a: withDefault(client, undefined as never),
    n: withDefault(int, 3),
    m: withDefault(mapOf(text), new Map()),
  });
  const { value, errors } = decode(
    schema,
    'm: &m {x: 1.10, y: 0x1F}\na:\n  url: 5\n  batchwait: 5000000\nn:\n',
  );
  expect(errors).toEqual([]);
  expect(value.a.url).toBe('5');
  expect(value.a.batchwait).toBe(5);
  expect(value.n).toBe(3);
  expect([...value.m]).toEqual([
    ['x', '1.10'],
    ['y', '0x1F'],
  ]);
});

it('warns of an unknown key in a stage and reads the known ones in any case', () => {
  const { value, warnings } = decode(
    stageStruct({ expression: withDefault(text, '') }),
    'Expression: a\nexpresion: b\n',
  );
  expect(value.expression).toBe('a');
  expect(warnings).toEqual(["x.yaml:2:1: unknown key 'expresion', did you mean 'expression'? (ignored)"]);
});

it('refuses a key that is set twice', () => {
  expect(decode(client, 'url: a\nurl: b\n').errors).toEqual(['x.yaml:2:1: url: key is set twice']);
});

it('lets a map win over what it merges', () => {
  const { value, errors } = decode(mapOf(client), 'a: &a {url: x, on: yes}\nb:\n  <<: *a\n  url: y\n');
  expect(errors).toEqual([]);
  expect(value.get('b')).toMatchObject({ url: 'y', on: true });
});

it('takes whole numbers in any writing, and nothing for an empty text', () => {
  const { value, errors } = decode(
    struct({ n: required(listOf(int)), m: required(mapOf(text)) }),
    'n: [80, 0x50, 0b1010000, 0120, 080, 80.0, 8e1, 8_0]\nm: {a: , b: ~}\n',
  );
  expect(errors).toEqual([]);
  expect(value.n).toEqual(new Array(8).fill(80));
  expect([...value.m.values()]).toEqual(['', '']);
  expect(decode(int, '1.5').errors).toEqual(['x.yaml:1:1: expected a whole number, not "1.5"']);
});
