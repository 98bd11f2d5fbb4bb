import { readFileSync } from 'node:fs';
import { expect, it, vi } from 'vitest';
import { sorted } from '../found.js';
import { addCluster, clusterCases } from './cluster.js';
import { startDiscovery, startKubernetes } from './start-discovery.js';

/** What Promtail found, a target's meta labels without their prefix; `record-cluster.ts` wrote it. */
const recorded = JSON.parse(
  readFileSync(new URL('fixtures/promtail-targets.json', import.meta.url), 'utf8'),
) as Record<string, Record<string, string>[]>;

it.each(Object.entries(clusterCases))('finds what Promtail finds: %s', async (name, item) => {
  const server = await startKubernetes();
  addCluster(server);
  const { found } = startDiscovery(JSON.stringify([{ ...item, api_server: server.url.href }]));
  const expected = sorted(recorded[name]!);
  expect(expected).not.toEqual([]);
  await vi.waitFor(() => expect(found.distinct).toEqual(expected), { timeout: 20_000 });
});
