import { consulConfigs } from './consul.js';
import { consulAgentConfigs } from './consulagent.js';
import type { DiscoveryKind } from './discoverer.js';
import { dnsConfigs } from './dns.js';
import { fileConfigs } from './file.js';
import { kubernetesConfigs } from './kubernetes.js';
import { staticConfigs } from './static.js';

/** Every kind of discovery whose targets are files, by its key in a scrape config. */
export const discoveryKinds: readonly DiscoveryKind<unknown>[] = [
  staticConfigs,
  dnsConfigs,
  fileConfigs,
  consulConfigs,
  consulAgentConfigs,
  kubernetesConfigs,
];

/** Promtail takes these. They find machines by a cloud's or cluster manager's account, of which one at most is this one. */
const remote = [
  'digitalocean',
  'dockerswarm',
  'serverset',
  'nerve',
  'marathon',
  'gce',
  'ec2',
  'openstack',
  'azure',
  'triton',
];
/** Prometheus has these, Promtail does not. */
const prometheusOnly = [
  'eureka',
  'hetzner',
  'http',
  'ionos',
  'kuma',
  'lightsail',
  'linode',
  'nomad',
  'ovhcloud',
  'puppetdb',
  'scaleway',
  'stackit',
  'uyuni',
  'vultr',
  'xds',
];

/** Discoveries that the agent does not have, by their key, and what to tell those who ask for them. */
export const refusedDiscoveries: ReadonlyMap<string, string> = new Map([
  ...keys(
    remote,
    'it finds other machines, and files are read on this one; name the files in static_configs or file_sd_configs',
  ),
  ...keys(
    prometheusOnly,
    'Promtail has no such discovery either; have what it finds written to a file for file_sd_configs',
  ),
]);

function keys(names: readonly string[], reason: string): [string, string][] {
  return names.map((name) => [`${name}_sd_configs`, reason]);
}
