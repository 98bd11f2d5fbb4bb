import { endpointsTargets } from './endpoints-targets.js';
import { endpointSliceTargets } from './endpointslice-targets.js';
import { ingressTargets } from './ingress-targets.js';
import type { AttachMetadata, Role } from './kubernetes-options.js';
import { nodeTargets } from './node-targets.js';
import type { KubernetesObject } from './objects.js';
import { podTargets } from './pod-targets.js';
import type { FoundTargets, Related } from './related.js';
import {
  endpointSlices,
  endpoints,
  ingresses,
  jobs,
  namespaces,
  nodes,
  pods,
  type Resource,
  replicaSets,
  services,
} from './resources.js';
import { serviceTargets } from './service-targets.js';

/** What a role finds targets in. */
export interface RoleKind<T extends KubernetesObject = KubernetesObject> {
  readonly resource: Resource<T>;
  /** What its targets take labels from in any case. */
  readonly needs: readonly Resource[];
  /** Whose metadata they can have besides. */
  readonly attaches: readonly (keyof AttachMetadata)[];
  targetsOf(object: T, related: Related): FoundTargets;
}

const podMetadata = ['node', 'namespace', 'deployment', 'cronjob'] as const;

export const roleKinds: Readonly<Record<Role, RoleKind>> = {
  pod: kind({ resource: pods, needs: [], attaches: podMetadata, targetsOf: podTargets }),
  node: kind({ resource: nodes, needs: [], attaches: [], targetsOf: nodeTargets }),
  service: kind({ resource: services, needs: [], attaches: ['namespace'], targetsOf: serviceTargets }),
  endpoints: kind({
    resource: endpoints,
    needs: [services, pods],
    attaches: podMetadata,
    targetsOf: endpointsTargets,
  }),
  endpointslice: kind({
    resource: endpointSlices,
    needs: [services, pods],
    attaches: podMetadata,
    targetsOf: endpointSliceTargets,
  }),
  ingress: kind({ resource: ingresses, needs: [], attaches: ['namespace'], targetsOf: ingressTargets }),
};

/** Where metadata to attach comes from; the name of a pod's job stands in the pod. */
const attached: Readonly<Record<keyof AttachMetadata, Resource | undefined>> = {
  node: nodes,
  namespace: namespaces,
  deployment: replicaSets,
  job: undefined,
  cronjob: jobs,
};

/** The resources that a role's targets take labels from, as far as they are wanted. */
export function relatedResources({ needs, attaches }: RoleKind, attach: AttachMetadata): Resource[] {
  const chosen = attaches.filter((name) => attach[name]).flatMap((name) => attached[name] ?? []);
  return [...needs, ...chosen];
}

/** A role only ever meets objects of its own resource. */
function kind<T extends KubernetesObject>(role: RoleKind<T>): RoleKind {
  return role as unknown as RoleKind;
}
