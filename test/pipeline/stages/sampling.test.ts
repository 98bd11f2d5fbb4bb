import { expect, it } from 'vitest';
import { runStages } from '../../support/stages.js';

it('keeps about the share that was asked for', async () => {
  const lines = Array.from({ length: 2000 }, (_, index) => String(index));
  const { out, counted } = await runStages('[{ sampling: { rate: 0.25 } }]', lines);
  // Fifteen standard deviations to either side.
  expect(out.length).toBeGreaterThan(200);
  expect(out.length).toBeLessThan(800);
  expect(counted.dropped.get('sampling_stage')).toBe(2000 - out.length);
});
