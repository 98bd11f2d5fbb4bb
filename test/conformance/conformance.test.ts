import { beforeAll, describe, expect, it } from 'vitest';
import { type ConformanceCase, caseFiles, needsOwnAgent, readCases, sortStreams } from './case.js';
import type { CaseResult } from './case-result.js';
import { differences } from './differences.js';
import { runByAgent } from './run-by-agent.js';

describe.each(caseFiles.filter((file) => file !== 'rejected' && file !== 'crashes'))('%s', (file) => {
  const cases = readCases(file).filter(({ name }) => !differences.has(name));
  const shared = cases.filter((test) => !needsOwnAgent(test));
  let results: CaseResult[];

  beforeAll(async () => {
    if (shared.length > 0) results = await runByAgent(shared);
  });

  it.each(shared.map((test, index) => [test.name, test, index] as const))('%s', (_name, test, index) => {
    expectLikePromtail(test, results[index]!);
  });

  it.each(cases.filter(needsOwnAgent).map((test) => [test.name, test] as const))(
    '%s',
    async (_name, test) => {
      const [result] = await runByAgent([test]);
      expectLikePromtail(test, result!);
    },
  );
});

function expectLikePromtail({ expected }: ConformanceCase, result: CaseResult): void {
  expect(result).toEqual({
    streams: sortStreams(expected.streams ?? []),
    metrics: expected.metrics ?? {},
  });
}
