import type { TargetGroup } from '../discoverer.js';
import type { AttachMetadata } from './kubernetes-options.js';
import type { Labels, MetaNames } from './meta-names.js';
import type { KubernetesObject } from './objects.js';
import { namespaces, nodes, type Resource } from './resources.js';

/** The targets of one object. */
export type FoundTargets = Omit<TargetGroup, 'source'>;

/** What the targets of an object are built with besides the object. */
export interface Related {
  readonly names: MetaNames;
  readonly attach: AttachMetadata;
  /** Another object, if it is there. Who asks is built again when the answer changes. */
  find<T extends KubernetesObject>(resource: Resource<T>, key: string): T | undefined;
}

/** The metadata of a node, when it is to be attached and the node is known. */
export function addNode(labels: Labels, name: string | undefined, related: Related): void {
  if (!related.attach.node || name === undefined) return;
  const node = related.find(nodes, name);
  if (node !== undefined) related.names.addMeta(labels, node.metadata, 'node');
}

/** The metadata of a namespace, when it is to be attached. */
export function addNamespace(labels: Labels, name: string, related: Related): void {
  if (!related.attach.namespace) return;
  const namespace = related.find(namespaces, name);
  if (namespace !== undefined) related.names.addLabelsAndAnnotations(labels, namespace.metadata, 'namespace');
}
