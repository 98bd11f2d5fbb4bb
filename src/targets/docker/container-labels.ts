import { compareBytes } from '../../go/compare-bytes.js';
import { hostPort, sanitized } from '../../relabel/meta-labels.js';
import type { Container, ContainerNetwork, ContainerPort, Network } from './container.js';
import type { DockerOptions } from './docker-options.js';

const prefix = '__meta_docker_';

/** The stream's label is set line by line. */
export const streamLabel = `${prefix}container_log_stream`;

export const nameLabel = `${prefix}container_name`;

type NetworkOptions = Pick<DockerOptions, 'port' | 'host_networking_host'>;

/**
 * The labels of each container, by its id. Prometheus makes a target of every port in every network; Promtail reads a container
 * once, with the labels of the first. One that has no network left is read with the rest of its labels.
 */
export function containerLabels(
  containers: readonly Container[],
  networks: readonly Network[],
  options: NetworkOptions,
): Map<string, ReadonlyMap<string, string>> {
  const byId = new Map(containers.map((container) => [container.Id, container]));
  const networkLabels = new Map(networks.map((network) => [network.Id, labelsOfNetwork(network)]));
  const found = new Map<string, ReadonlyMap<string, string>>();
  for (const container of containers) {
    const name = container.Names?.[0];
    if (name === undefined) continue;
    const network = firstNetwork(networksOf(container, byId));
    const labels = new Map([
      ...(network === undefined ? [] : addressLabels(container, network, options)),
      [`${prefix}container_id`, container.Id] as const,
      [nameLabel, name] as const,
      [`${prefix}container_network_mode`, container.HostConfig.NetworkMode] as const,
      ...sanitizedLabels(`${prefix}container_label_`, container.Labels),
      ...(networkLabels.get(network?.NetworkID ?? '') ?? []),
    ]);
    found.set(container.Id, labels);
  }
  return found;
}

/** Its own networks, or those of the container whose network it shares. */
function networksOf(
  container: Container,
  byId: ReadonlyMap<string, Container>,
): Readonly<Record<string, ContainerNetwork | null>> {
  let at: Container | undefined = container;
  const seen = new Set<Container>();
  while (at !== undefined && !seen.has(at)) {
    const networks = at.NetworkSettings?.Networks ?? {};
    if (Object.keys(networks).length > 0) return networks;
    seen.add(at);
    const other: string | undefined = /^container:(.*)$/.exec(at.HostConfig.NetworkMode)?.[1];
    at = other === undefined ? undefined : byId.get(other);
  }
  return {};
}

/** By name: what `match_first_network` asks for, and what Promtail leaves to chance without it. */
function firstNetwork(
  networks: Readonly<Record<string, ContainerNetwork | null>>,
): ContainerNetwork | undefined {
  const names = Object.keys(networks).sort(compareBytes);
  return names.map((name) => networks[name]).find((network) => network != null) ?? undefined;
}

function addressLabels(
  { Ports, HostConfig }: Container,
  { IPAddress: ip }: ContainerNetwork,
  { port, host_networking_host: hostNetworkingHost }: NetworkOptions,
): [string, string][] {
  const own = (Ports ?? []).find(({ Type }) => Type === 'tcp');
  const ipLabel: [string, string] = [`${prefix}network_ip`, ip];
  if (own !== undefined) return [ipLabel, ...portLabels(own), ['__address__', hostPort(ip, own.PrivatePort)]];
  const address = HostConfig.NetworkMode === 'host' ? hostNetworkingHost : hostPort(ip, port);
  return [ipLabel, ['__address__', address]];
}

function portLabels({ PrivatePort, PublicPort, IP }: ContainerPort): [string, string][] {
  const labels: [string, string][] = [[`${prefix}port_private`, String(PrivatePort)]];
  if (PublicPort !== undefined && PublicPort > 0) {
    labels.push([`${prefix}port_public`, String(PublicPort)], [`${prefix}port_public_ip`, IP ?? '']);
  }
  return labels;
}

function labelsOfNetwork({ Id, Name, Scope, Internal, Ingress, Labels }: Network): [string, string][] {
  return [
    [`${prefix}network_id`, Id],
    [`${prefix}network_name`, Name],
    [`${prefix}network_scope`, Scope],
    [`${prefix}network_internal`, String(Internal)],
    [`${prefix}network_ingress`, String(Ingress)],
    ...sanitizedLabels(`${prefix}network_label_`, Labels),
  ];
}

function sanitizedLabels(start: string, labels: Readonly<Record<string, string>> | null): [string, string][] {
  return Object.entries(labels ?? {}).map(([name, value]) => [start + sanitized(name), value]);
}
