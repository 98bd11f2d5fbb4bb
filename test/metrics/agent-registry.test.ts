import { expect, it } from 'vitest';
import { agentRegistry } from '../../src/metrics/agent-registry.js';

it('tells of the process and of its event loop, without what takes samples all the time', async () => {
  const { registry } = agentRegistry('1.2.3');
  const text = await registry.metrics();
  expect(text).toContain('process_cpu_seconds_total');
  expect(text.match(/^nodejs_eventloop_\w+(?= )/gm)).toEqual(['nodejs_eventloop_lag_seconds']);
});
