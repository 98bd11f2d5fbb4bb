import { describe, expect, it } from 'vitest';
import { stageKinds } from '../../src/pipeline/kinds.js';
import { stagesSchema } from '../../src/pipeline/stage-schema.js';
import { decodeStages } from '../support/stages.js';

const complaints = (text: string) => {
  const { problems } = decodeStages(text);
  return [...problems.errors, ...problems.warnings].map((problem) => problems.print(problem));
};

describe('what a stage cannot be', () => {
  it.each([
    ['- dockr: {}\n', ["1:3: [0]: unknown stage 'dockr', did you mean 'docker'?"]],
    ['- docker: {}\n  cri: {}\n', ['2:3: [0]: a stage has one key only, this one has docker, cri']],
    ['- docker\n', ['1:3: [0]: expected a map with the name of a stage, not "docker"']],
    ['docker: {}\n', ['1:1: expected a list of stages, not a map']],
    [
      '- regex:\n    expresion: a\n',
      [
        "2:5: [0].regex: 'expression' is required",
        "2:5: [0].regex: unknown key 'expresion', did you mean 'expression'? (ignored)",
      ],
    ],
    [
      '- labels: {y: , 1: a}\n',
      [
        '1:12: [0].labels.y: expected a text as key, not "y", a boolean in YAML 1.1: put it in quotes',
        '1:17: [0].labels.1: expected a text as key, not "1", a number in YAML 1.1: put it in quotes',
      ],
    ],
    [
      '- match:\n    selector: \'{a="b"}\'\n    stages:\n      - regex: {expression: (}\n',
      [expect.stringMatching(/^4:29: \[0\]\.match\.stages\[0\]\.regex\.expression: /)],
    ],
  ])('%j', (text, expected) => {
    expect(complaints(text)).toEqual(expected);
  });
});

it('takes what Promtail takes for nothing: an empty map for no stage, null for the empty value', () => {
  const { configs, problems } = decodeStages(
    '- {}\n- labeldrop: [~]\n- pack:\n- drop: {source: a, value: ~}\n',
  );
  expect(problems.errors).toEqual([]);
  expect(configs.map(({ kind }) => kind.name)).toEqual(['labeldrop', 'pack', 'drop']);
});

it('shows stages as they are written', () => {
  const text = '- match: {selector: \'{a="b"}\', stages: [{limit: {RATE: 0x10, burst: "5", drop: yes}}]}\n';
  const { configs } = decodeStages(text);
  expect(stagesSchema(stageKinds).print!(configs)).toEqual([
    { match: { selector: '{a="b"}', stages: [{ limit: { RATE: 16, burst: '5', drop: true } }] } },
  ]);
});
