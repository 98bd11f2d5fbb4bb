import { describe, expect, it } from 'vitest';
import { parseConfigText } from '../../src/fields/node.js';
import { Problems } from '../../src/fields/problems.js';
import { relabel } from '../../src/relabel/relabel.js';
import { type RelabelRule, relabelRules } from '../../src/relabel/rule.js';

const input = { a: 'foo', b: 'bar', c: 'baz', __meta_x: 'y' };
type Labels = Record<string, string>;

function rules(yaml: string): { rules: RelabelRule[]; errors: string[] } {
  const problems = new Problems('');
  const decoded = relabelRules.decode(parseConfigText(yaml, problems), problems);
  return { rules: decoded, errors: problems.errors.map(({ path, message }) => `${path} ${message}`.trim()) };
}

function run(yaml: string, labels: Labels = input): Labels | undefined {
  const decoded = rules(yaml);
  expect(decoded.errors).toEqual([]);
  const result = relabel(decoded.rules, new Map(Object.entries(labels)));
  return result === undefined ? undefined : Object.fromEntries([...result].sort());
}

/** `n`, `t` and `u` are given along with the usual labels, the rest is what the rules set. */
const changes: [name: string, yaml: string, change: Labels][] = [
  [
    'sets the target to the captured value',
    '- {source_labels: [a], regex: f(.*), target_label: d, replacement: "ch${1}-$1"}',
    { d: 'choo-oo' },
  ],
  [
    'joins several sources with the separator',
    '- {source_labels: [a, b, nope], target_label: d}',
    { d: 'foo;bar;' },
  ],
  [
    'joins with another separator',
    '- {source_labels: [a, b], separator: "", target_label: d}',
    { d: 'foobar' },
  ],
  ['needs no source', '- {target_label: d, replacement: fixed}', { d: 'fixed' }],
  [
    'leaves all as it is without a match',
    '- {source_labels: [a], regex: o, target_label: d, replacement: x}',
    {},
  ],
  [
    'takes the regex as anchored, with a dot for newlines too',
    '- {source_labels: [n], regex: a.b, target_label: d, replacement: x}',
    { n: 'a\nb', d: 'x' },
  ],
  [
    'expands the target',
    '- {source_labels: [a], regex: (f).*, target_label: "${1}_x", replacement: v}',
    { f_x: 'v' },
  ],
  [
    'does nothing when the target expands to nothing',
    '- {source_labels: [a], regex: (x)?foo, target_label: "$1", replacement: v}',
    {},
  ],
  [
    'takes $1x for a group of that name',
    '- {source_labels: [a], target_label: d, replacement: "-$1x-$$-${1}x"}',
    { d: '--$-foox' },
  ],
  [
    'knows named groups',
    '- {source_labels: [a], regex: "(?P<first>.).*", target_label: d, replacement: $first}',
    { d: 'f' },
  ],
  [
    'reads a boolean and a number as texts',
    '- {source_labels: [t], regex: true, target_label: d, replacement: 1}',
    { t: 'true', d: '1' },
  ],
  ['writes lower case', '- {source_labels: [u], action: lowercase, target_label: d}', { u: 'ÄßΣ', d: 'äßσ' }],
  ['writes upper case', '- {source_labels: [u], action: Uppercase, target_label: d}', { u: 'äßς', d: 'ÄßΣ' }],
  [
    'hashes as Prometheus does',
    '- {source_labels: [c], action: hashmod, modulus: 1000, target_label: d}',
    { d: '976' },
  ],
  [
    'hashes several values',
    '- {source_labels: [a, b], action: hashmod, modulus: 1000, target_label: d}',
    { d: '750' },
  ],
  ['maps names', '- {action: labelmap, regex: __meta_(.*)}', { x: 'y' }],
  [
    'maps names with a replacement',
    '- {action: labelmap, regex: (a|b), replacement: "${1}1"}',
    { a1: 'foo', b1: 'bar' },
  ],
];

describe('replace and the other actions that set labels', () => {
  it.each(changes)('%s', (_, yaml, { n, t, u, ...change }) => {
    const given = Object.fromEntries(
      Object.entries({ ...input, n, t, u }).filter(([, value]) => value !== undefined),
    ) as Labels;
    expect(run(yaml, given)).toEqual({ ...given, ...change });
  });

  it('deletes the target when the result is empty', () => {
    expect(run('- {source_labels: [nope], target_label: a}')).not.toHaveProperty('a');
    expect(run('- {source_labels: [nope], action: lowercase, target_label: a}')).not.toHaveProperty('a');
  });

  it('applies rules in order', () => {
    expect(
      run(
        '- {source_labels: [a], target_label: d}\n- {source_labels: [d], regex: foo, target_label: e, replacement: got}',
      ),
    ).toMatchObject({ d: 'foo', e: 'got' });
  });
});

describe('rules that drop', () => {
  it.each([
    ['- {source_labels: [a], regex: foo, action: keep}', true],
    ['- {source_labels: [a], regex: fo, action: keep}', false],
    ['- {source_labels: [a], regex: foo, action: drop}', false],
    ['- {source_labels: [nope], regex: "", action: drop}', false],
    ['- {source_labels: [a], regex: fo, action: DROP}', true],
    ['- {source_labels: [a], action: keepequal, target_label: x}', true],
    ['- {source_labels: [a], action: keepequal, target_label: b}', false],
    ['- {source_labels: [a], action: dropequal, target_label: x}', false],
    ['- {source_labels: [a], action: dropequal, target_label: b}', true],
  ])('%s', (yaml, isKept) => {
    expect(run(yaml, { ...input, x: 'foo' }) !== undefined).toBe(isKept);
  });

  it('drops and keeps labels by name', () => {
    expect(run('- {action: labeldrop, regex: "[ab]"}')).toEqual({ __meta_x: 'y', c: 'baz' });
    expect(run('- {action: labelkeep, regex: "[ab]"}')).toEqual({ a: 'foo', b: 'bar' });
  });
});

describe('rules that are refused', () => {
  it.each([
    [
      '- {action: nope}',
      '[0].action unknown relabel action "nope", known are replace, keep, drop, keepequal, dropequal, hashmod, labelmap, labeldrop, labelkeep, lowercase, uppercase',
    ],
    ['- {source_labels: [a]}', "[0] relabel configuration for replace action requires 'target_label' value"],
    [
      '- {action: hashmod, target_label: a}',
      '[0] relabel configuration for hashmod requires non-zero modulus',
    ],
    [
      '- {action: hashmod, modulus: 2}',
      "[0] relabel configuration for hashmod action requires 'target_label' value",
    ],
    [
      '- {action: lowercase, target_label: a, replacement: x}',
      "[0] 'replacement' can not be set for lowercase action",
    ],
    [
      '- {action: keepequal, target_label: a, regex: x}',
      "[0] keepequal action requires only 'source_labels' and 'target_label', and no other fields",
    ],
    [
      '- {action: labeldrop, regex: x, source_labels: [a]}',
      "[0] labeldrop action requires only 'regex', and no other fields",
    ],
    ['- {action: labelmap, replacement: ""}', '[0] "" is invalid \'replacement\' for labelmap action'],
    [
      '- {source_label: [a], target_label: b}',
      "[0] unknown key 'source_label', did you mean 'source_labels'?",
    ],
  ])('%s', (yaml, error) => {
    expect(rules(yaml).errors).toEqual([error]);
  });

  it('names a regex that does not compile', () => {
    expect(rules('- {regex: "a(", target_label: b}').errors).toEqual([
      expect.stringMatching(/^\[0\]\.regex .*missing closing \)/),
    ]);
  });
});
