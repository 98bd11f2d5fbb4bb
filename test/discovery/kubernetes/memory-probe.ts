import pino from 'pino';
import type { TargetGroup } from '../../../src/discovery/discoverer.js';
import { kubernetesConfigs } from '../../../src/discovery/kubernetes.js';
import { parseConfigText } from '../../../src/fields/node.js';
import { Problems } from '../../../src/fields/problems.js';

// A process that only discovers, for `memory.test.ts`: what it holds in memory is what discovery costs.

const problems = new Problems('probe');
const config = `[{role: pod, api_server: '${process.argv[2]}'}]`;
const options = kubernetesConfigs.field.decode(parseConfigText(config, problems), problems)!;
const deps = { log: pino({ level: 'warn' }), hostname: 'node-1', version: '0', environment: {} };
const [discoverer] = kubernetesConfigs.build(options, deps);
const groups = new Map<string, TargetGroup>();
let updates = 0;

process.on('message', (message) => {
  if (message === 'start') {
    discoverer!.start((changed) => {
      updates += changed.length;
      for (const group of changed) groups.set(group.source, group);
    });
  }
  process.send!({ groups: groups.size, updates, rssMb: process.memoryUsage.rss() / 1e6 });
});
process.on('disconnect', () => process.exit());
