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
  fileConfigs,
  kubernetesConfigs,
  consulConfigs,
  consulAgentConfigs,
  dnsConfigs,
];
