import { listOf, optional } from '../fields/schema.js';
import { withBearerAsAuthorization } from '../http/http-options.js';
import type { Discoverer, DiscoveryDeps, DiscoveryKind, TargetGroup } from './discoverer.js';
import { ApiServer, type FindAccess } from './kubernetes/api-server.js';
import { inClusterAccess, ownNamespace, serviceAccountDirectory } from './kubernetes/in-cluster.js';
import { KubeconfigAccess } from './kubernetes/kubeconfig-access.js';
import { type KubernetesOptions, kubernetesOptions, type Role } from './kubernetes/kubernetes-options.js';
import { ListWatch, type ObjectListener, type Selection } from './kubernetes/list-watch.js';
import type { KubernetesObject } from './kubernetes/objects.js';
import type { Resource } from './kubernetes/resources.js';
import { RoleTargets } from './kubernetes/role-targets.js';
import { relatedResources, roleKinds } from './kubernetes/roles.js';

/** `kubernetes_sd_configs`: targets from the objects of a cluster, of pods only those on this node. */
export const kubernetesConfigs: DiscoveryKind<KubernetesOptions[]> = {
  name: 'kubernetes_sd_configs',
  field: optional(listOf(kubernetesOptions)),
  build: (list, deps) => list.map((options) => new KubernetesDiscovery(options, deps)),
};

/** Exported for tests, which have a service account elsewhere. */
export class KubernetesDiscovery implements Discoverer {
  readonly #options: KubernetesOptions;
  readonly #deps: DiscoveryDeps;
  readonly #namespaces: readonly string[];
  readonly #server: ApiServer;
  readonly #ending = new AbortController();
  #targets: RoleTargets | undefined;
  #lists: readonly ListWatch<KubernetesObject>[] = [];
  #running: Promise<unknown> = Promise.resolve();

  /** Throws a ConfigError when the namespace of the agent's own pod is asked for and not to be found. */
  constructor(options: KubernetesOptions, deps: DiscoveryDeps, accountDirectory = serviceAccountDirectory) {
    const { names, own_namespace: withOwn } = options.namespaces;
    const namespaces = withOwn ? [...names, ownNamespace(accountDirectory)] : names;
    this.#options = options;
    this.#deps = deps;
    this.#namespaces = namespaces.length === 0 ? [''] : namespaces;
    this.#server = new ApiServer(findAccess(options, deps, accountDirectory), deps);
  }

  get errors(): readonly string[] {
    return this.#lists.map(({ error }) => error).filter((error) => error !== undefined);
  }

  start(publish: (groups: readonly TargetGroup[]) => void): void {
    const { role, attach_metadata: attach } = this.#options;
    const kind = roleKinds[role];
    const related = relatedResources(kind, attach);
    const targets = new RoleTargets(kind, related, attach, publish);
    this.#targets = targets;
    this.#lists = [
      ...this.#listsOf(kind.resource, () => targets.objects),
      ...related.flatMap((resource) => this.#listsOf(resource, () => targets.relatedObjects(resource))),
    ];
    this.#running = Promise.all(this.#lists.map((list) => list.run(this.#ending.signal)));
  }

  async stop(): Promise<void> {
    this.#ending.abort();
    this.#targets?.stop();
    await this.#running;
    await this.#server.close();
  }

  /** One for each namespace, or one for all. */
  #listsOf(resource: Resource, listener: () => ObjectListener<KubernetesObject>) {
    const namespaces = resource.isNamespaced ? this.#namespaces : [''];
    const { label, field } = selectorOf(resource, this.#options, this.#deps.hostname);
    return namespaces.map((namespace) => {
      const selection: Selection = { namespace, label, field };
      return new ListWatch(this.#server, resource, selection, listener(), this.#deps.log);
    });
  }
}

/** The API server that is named, the one of the kubeconfig, or the one of the cluster that the agent runs in. */
function findAccess(
  options: KubernetesOptions,
  { environment }: DiscoveryDeps,
  accountDirectory: string,
): FindAccess {
  const { api_server: url, kubeconfig_file: file } = options;
  if (url !== undefined) {
    const access = { url, http: withBearerAsAuthorization(options) };
    return async () => access;
  }
  if (file !== '') {
    const kubeconfig = new KubeconfigAccess(file, environment);
    return (signal) => kubeconfig.current(signal);
  }
  let access: ReturnType<typeof inClusterAccess> | undefined;
  return async () => {
    access ??= inClusterAccess(environment, accountDirectory);
    return access;
  };
}

const roleOf = new Map<string, Role>([
  ['pods', 'pod'],
  ['nodes', 'node'],
  ['services', 'service'],
  ['endpoints', 'endpoints'],
  ['endpointslices', 'endpointslice'],
  ['ingresses', 'ingress'],
]);

/**
 * Which objects of the resource to ask for. A role for pods asks for those of this node alone: the rest of the cluster, a
 * thousand times as much, is neither sent nor watched.
 */
function selectorOf(
  { name }: Resource,
  { role, selectors }: KubernetesOptions,
  hostname: string,
): { readonly label: string; readonly field: string } {
  const nothing = { label: '', field: '' };
  if (role === 'pod') {
    // Promtail turns every selector of this role into one for pods, and the last one counts.
    const { label, field } = selectors.at(-1) ?? nothing;
    if (name === 'pods') return { label, field: withTerm(field, `spec.nodeName=${hostname}`) };
    if (name === 'nodes') return { label: '', field: `metadata.name=${hostname}` };
    return nothing;
  }
  return selectors.find((selector) => selector.role === roleOf.get(name)) ?? nothing;
}

/** The field selector with one more term, unless it has it already. */
function withTerm(selector: string, term: string): string {
  if (selector === '') return term;
  return selector.split(',').includes(term) ? selector : `${selector},${term}`;
}
