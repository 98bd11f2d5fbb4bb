import { cachedDataVersionTag, setFlagsFromString } from 'node:v8';
import { expect, it, vi } from 'vitest';

/** V8's own sum over its flags. */
const flags = cachedDataVersionTag;

it('lets V8 compile once there are many lines within ten seconds, and its best when they go through stages', async () => {
  const usual = flags();
  setFlagsFromString('--no-turbofan');
  const withoutTurbofan = flags();
  setFlagsFromString('--no-maglev');
  const atRest = flags();
  globalThis.v8Flags = { atWork: ['--maglev'], inStages: ['--turbofan'] };
  vi.resetModules();
  const { countStageWork, countWork } = await import('../../src/pipeline/optimising.js');

  countWork(999, 0);
  countStageWork(999, 10_001);
  expect(flags()).toBe(atRest);

  countWork(1, 20_001);
  expect(flags()).toBe(withoutTurbofan);
  countWork(10_000, 20_002);
  countStageWork(999, 30_002);
  expect(flags()).toBe(withoutTurbofan);

  countStageWork(1, 30_003);
  expect(flags()).toBe(usual);
});
