import { expect, it } from 'vitest';
import type { Entry } from '../../../src/entry/entry.js';
import { chunkOf, stagesOf } from '../../support/stages.js';

it('carries a nanosecond over the end of a second', () => {
  const { stages } = stagesOf(
    `[{ regex: { expression: '^(?P<t>.*)$' } }, { timestamp: { source: t, format: RFC3339Nano } }]`,
  );
  const out = stages.process(chunkOf(['2024-05-01T10:00:00.999999999Z', 'no time']).entries) as Entry[];
  expect(out.map(({ seconds, nanos }) => [seconds, nanos])).toEqual([
    [1714557600, 999_999_999],
    [1714557601, 0],
  ]);
});

it('forgets the label sets that were used the longest ago', () => {
  const { stages } = stagesOf(
    `[{ regex: { expression: '^(?P<t>.*)$' } }, { timestamp: { source: t, format: Unix } }]`,
  );
  const run = (line: string, app: string) => {
    const [entry] = stages.process(chunkOf([line], { app }).entries) as Entry[];
    return entry!.seconds;
  };
  run('5', 'first');
  run('5', 'second');
  for (let i = 0; i < 9998; i++) run('7', `app ${i}`);
  expect(run('no time', 'first')).toBe(5);
  run('7', 'one more');
  expect(run('no time', 'first')).toBe(5);
  expect(run('no time', 'second')).toBe(1_700_000_000);
});
