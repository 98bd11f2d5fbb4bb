import { expect, it } from 'vitest';
import { decodeStages, runStages } from '../../support/stages.js';

it('leaves out what a counter or histogram cannot take, where Promtail dies', async () => {
  const { out, counted } = await runStages(
    `[
      { regex: { expression: '(?P<size>.*)' } },
      { metrics: { count: { type: counter, source: size, config: { action: add } } } },
      { metrics: { sizes: { type: histogram, source: size } } },
    ]`,
    ['1', '-1', '2'],
    { le: 'x' },
  );
  expect(out).toHaveLength(3);
  expect([...counted.custom]).toEqual([['promtail_custom_count{le="x"}', 3]]);
});

it('tells of words that YAML takes for booleans', () => {
  const { problems } = decodeStages(
    '[{ metrics: { m: { type: gauge, source: n, config: { action: set } } } }]',
  );
  expect(problems.errors.map(({ message }) => message)).toEqual([
    'expected a text, not "n", a boolean in YAML 1.1: put it in quotes',
  ]);
});
