import { expect, it } from 'vitest';
import type { Entry } from '../../../src/entry/entry.js';
import { chunkOf, stagesOf } from '../../support/stages.js';

it('keeps the order of entries that match and entries that do not', async () => {
  const { stages } = stagesOf(
    `[{ match: { selector: '{app="web"} |= "m"', stages: [{ limit: { rate: 1000, burst: 1 } }] } }]`,
  );
  const lines = ['1', '2m', '3m', '4', '5m', '6', '7'];
  const out = await stages.process(chunkOf(lines, { app: 'web' }).entries);
  expect(out.map(({ line }) => line.text)).toEqual(lines);
});

it('sends what stages inside hold', () => {
  const { stages } = stagesOf(
    `[{ match: { selector: '{app="web"}', stages: [{ multiline: { firstline: '^S' } }] } }]`,
  );
  expect(stages.process(chunkOf(['S1', 'a'], { app: 'web' }).entries)).toEqual([]);
  expect(stages.dueAt()).toBeTypeOf('number');
  const out = stages.flush(Number.POSITIVE_INFINITY) as Entry[];
  expect(out.map(({ line }) => line.text)).toEqual(['S1\na']);
});
