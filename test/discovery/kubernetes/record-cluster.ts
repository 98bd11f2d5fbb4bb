import { writeFileSync } from 'node:fs';
import { FakeKubernetes } from '../../support/fake-kubernetes.js';
import { recordTargets } from '../record-targets.js';
import { addCluster, clusterCases } from './cluster.js';

// Records what Promtail finds in the cluster of the tests: `npx tsx test/discovery/kubernetes/record-cluster.ts <promtail>`.

const recorded: Record<string, Record<string, string>[]> = {};
for (const [name, item] of Object.entries(clusterCases)) {
  const server = await new FakeKubernetes().start();
  addCluster(server);
  const discovery = { kubernetes_sd_configs: [{ ...item, api_server: server.url.href }] };
  recorded[name] = await recordTargets(process.argv[2]!, discovery, '__meta_kubernetes_(.+)');
  await server.close();
  console.log(name, recorded[name].length);
}
writeFileSync(
  new URL('fixtures/promtail-targets.json', import.meta.url),
  `${JSON.stringify(recorded, undefined, 2)}\n`,
);
