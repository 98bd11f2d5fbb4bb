import { readFileSync } from 'node:fs';
import { expect, it, vi } from 'vitest';
import { addCluster, clusterCases } from './cluster.js';
import { startDiscovery, startKubernetes } from './start-discovery.js';

/** What Promtail found, a target's meta labels without their prefix; `record-targets.ts` wrote it. */
const recorded = JSON.parse(
  readFileSync(new URL('fixtures/promtail-targets.json', import.meta.url), 'utf8'),
) as Record<string, Record<string, string>[]>;

it.each(Object.entries(clusterCases))('finds what Promtail finds: %s', async (name, item) => {
  const server = await startKubernetes();
  addCluster(server);
  const { found } = startDiscovery(JSON.stringify([{ ...item, api_server: server.url.href }]));
  const expected = distinct(recorded[name]!);
  expect(expected).not.toEqual([]);
  const show = () => distinct(found.targets.map(withoutPrefix));
  await vi.waitFor(() => expect(show()).toEqual(expected), { timeout: 20_000 });
});

/** As the labels of a file: an empty one is none. */
function withoutPrefix(target: Record<string, string>): Record<string, string> {
  const { __address__: address, ...labels } = target;
  const named = Object.entries({ ...labels, address: address! });
  return Object.fromEntries(
    named
      .filter(([, value]) => value !== '')
      .map(([label, value]) => [label.replace('__meta_kubernetes_', ''), value]),
  );
}

/** Promtail lists targets with the same labels once. */
function distinct(targets: readonly Record<string, string>[]): Record<string, string>[] {
  const sorted = targets.map((target) => JSON.stringify(Object.fromEntries(Object.entries(target).sort())));
  return [...new Set(sorted)].sort().map((text) => JSON.parse(text) as Record<string, string>);
}
