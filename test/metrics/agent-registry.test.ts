import { expect, it } from 'vitest';
import { agentRegistry } from '../../src/metrics/agent-registry.js';

it('tells of the process, without what has a price while nobody asks', async () => {
  const { registry } = agentRegistry('1.2.3');
  const text = await registry.metrics();
  for (const name of [
    'process_cpu_seconds_total',
    'process_resident_memory_bytes',
    'process_open_fds',
    'nodejs_heap_size_used_bytes',
  ])
    expect(text).toMatch(new RegExp(`^${name}\\b`, 'm'));
  expect(text).not.toMatch(/nodejs_(eventloop|gc)/);
});
