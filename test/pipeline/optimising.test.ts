import { cachedDataVersionTag, setFlagsFromString } from 'node:v8';
import { expect, it } from 'vitest';
import { countWork } from '../../src/pipeline/optimising.js';

it('lets V8 optimise once there are many lines within ten seconds', () => {
  const withoutFlags = cachedDataVersionTag();
  setFlagsFromString('--no-turbofan');
  globalThis.v8FlagsAtWork = ['--turbofan'];
  // V8's own sum over its flags.
  const atRest = cachedDataVersionTag();

  countWork(999, 0);
  countWork(999, 10_001);
  expect(cachedDataVersionTag()).toBe(atRest);

  countWork(1, 20_001);
  expect(cachedDataVersionTag()).toBe(withoutFlags);
});
