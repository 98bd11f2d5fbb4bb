import { expect, it } from 'vitest';
import { caseFiles, readCases } from './case.js';
import { differences } from './differences.js';
import { runByAgent } from './run-by-agent.js';

const cases = caseFiles.flatMap(readCases);

it.each([...differences])('goes on where Promtail dies or loses the batch: %s', async (name, lines) => {
  const test = cases.find((each) => each.name === name)!;
  const [result] = await runByAgent([test]);
  expect(result!.streams.flatMap(({ entries }) => entries.map(({ line }) => line))).toEqual(lines);
});
