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

/**
 * Discoveries that Promtail takes and the agent does not. They find machines by a cloud's or cluster manager's account; files are read on
 * this machine only, so that of all they find one target could be of use, and its labels can be written down.
 */
export const remoteDiscoveries: readonly string[] = [
  'digitalocean_sd_configs',
  'dockerswarm_sd_configs',
  'serverset_sd_configs',
  'nerve_sd_configs',
  'marathon_sd_configs',
  'gce_sd_configs',
  'ec2_sd_configs',
  'openstack_sd_configs',
  'azure_sd_configs',
  'triton_sd_configs',
];
