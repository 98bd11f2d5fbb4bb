import { hostPort, sanitized } from '../../relabel/meta-labels.js';
import { type Labels, prefix } from './meta-names.js';
import type { KubernetesNode } from './objects.js';
import type { FoundTargets, Related } from './related.js';

/** Which of a node's addresses is its target's, the best first. */
const addressTypes = ['InternalIP', 'InternalDNS', 'ExternalIP', 'ExternalDNS', 'LegacyHostIP', 'Hostname'];

/** One target: the node's kubelet. A node without an address has none. */
export function nodeTargets(node: KubernetesNode, { names }: Related): FoundTargets {
  const { metadata, spec, status } = node;
  const labels: Labels = new Map([[`${prefix}node_provider_id`, spec.providerID ?? '']]);
  for (const { type, status: value } of status.conditions ?? [])
    labels.set(`${prefix}node_condition_${sanitized(type.toLowerCase())}`, value.toLowerCase());
  names.addMeta(labels, metadata, 'node');

  const firstOf = new Map<string, string>();
  for (const { type, address } of status.addresses ?? []) if (!firstOf.has(type)) firstOf.set(type, address);
  const best = addressTypes.find((type) => firstOf.has(type));
  if (best === undefined) return { labels, targets: [] };
  const port = status.daemonEndpoints?.kubeletEndpoint?.Port ?? 0;
  const target: Labels = new Map([
    ['__address__', hostPort(firstOf.get(best)!, port)],
    ['instance', metadata.name],
  ]);
  for (const [type, address] of firstOf) target.set(`${prefix}node_address_${sanitized(type)}`, address);
  return { labels, targets: [target] };
}
