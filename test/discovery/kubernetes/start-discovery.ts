import pino, { type Logger } from 'pino';
import { onTestFinished } from 'vitest';
import type { KubernetesOptions } from '../../../src/discovery/kubernetes/kubernetes-options.js';
import { KubernetesDiscovery, kubernetesConfigs } from '../../../src/discovery/kubernetes.js';
import { parseConfigText } from '../../../src/fields/node.js';
import { Problems } from '../../../src/fields/problems.js';
import {
  FakeKubernetes,
  type FakeKubernetesOptions,
  type FakeObject,
} from '../../support/fake-kubernetes.js';
import { Found } from '../found.js';

/** An API server for one test. */
export async function startKubernetes(options: FakeKubernetesOptions = {}): Promise<FakeKubernetes> {
  const server = await new FakeKubernetes(options).start();
  onTestFinished(() => server.close());
  return server;
}

export interface DiscoveryUnderTest {
  readonly found: Found;
  /** What the pages tell of it. */
  readonly errors: () => readonly string[];
  readonly stop: () => Promise<void>;
}

interface Circumstances {
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Where the service account is. */
  readonly account?: string;
  readonly log?: Logger;
}

/** The items of `kubernetes_sd_configs` that this YAML says. Throws a ConfigError. */
export function readOptions(yaml: string): KubernetesOptions[] {
  const problems = new Problems('config');
  const options = kubernetesConfigs.field.decode(parseConfigText(yaml, problems), problems)!;
  problems.throwIfAny();
  return options;
}

/** Runs `kubernetes_sd_configs` with these items, as YAML in flow style. */
export function startDiscovery(
  yaml: string,
  { environment = {}, account, log = pino({ level: 'silent' }) }: Circumstances = {},
): DiscoveryUnderTest {
  const deps = { log, hostname: 'node-1', version: '0', environment };
  const discoverers = readOptions(yaml).map((options) => new KubernetesDiscovery(options, deps, account));
  const found = new Found(/^__meta_kubernetes_/);
  for (const discoverer of discoverers) discoverer.start(found.publish);
  const stop = async () => {
    await Promise.all(discoverers.map((discoverer) => discoverer.stop()));
  };
  onTestFinished(stop);
  const errors = () => discoverers.flatMap((discoverer) => discoverer.errors);
  return { found, errors, stop };
}

/** A pod of one container without ports. */
export function pod(
  name: string,
  changes: { phase?: string; node?: string; labels?: Record<string, string> } = {},
): FakeObject {
  return {
    metadata: {
      name,
      namespace: 'shop',
      uid: `uid-${name}`,
      labels: changes.labels ?? {},
      managedFields: [{ manager: 'kubelet' }],
    },
    spec: { nodeName: changes.node ?? 'node-1', containers: [{ name: 'main', image: 'main:1' }] },
    status: { podIP: '10.0.0.1', phase: changes.phase ?? 'Running' },
  };
}
