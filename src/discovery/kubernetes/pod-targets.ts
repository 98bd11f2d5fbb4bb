import { hostPort } from '../../relabel/meta-labels.js';
import { type Labels, namespaceLabel, prefix } from './meta-names.js';
import { type Container, type ContainerPort, controllerOf, namespacedName, type Pod } from './objects.js';
import { addNamespace, addNode, type FoundTargets, type Related } from './related.js';
import { jobs, nodes, replicaSets } from './resources.js';

/** One target for each port of each container, and one for a container that names no port. */
export function podTargets(pod: Pod, related: Related): FoundTargets {
  const { podIP = '' } = pod.status;
  const { namespace = '' } = pod.metadata;
  // Without an address it is starting, or has been evicted.
  if (podIP === '') return { labels: new Map(), targets: [] };
  const { nodeName = '' } = pod.spec;
  // A node that the selectors leave out takes its pods along.
  if (related.attach.node && related.find(nodes, nodeName) === undefined)
    return { labels: new Map(), targets: [] };

  const labels = podLabels(pod, related);
  labels.set(namespaceLabel, namespace);
  addNode(labels, nodeName, related);
  addNamespace(labels, namespace, related);
  const targets = containersOf(pod).flatMap(({ container, isInit }) => {
    const { image = '', ports = [] } = container;
    const common = [
      [`${prefix}pod_container_name`, container.name],
      [`${prefix}pod_container_id`, containerId(pod, container, isInit)],
      [`${prefix}pod_container_image`, image],
      [`${prefix}pod_container_init`, String(isInit)],
    ] as const;
    if (ports.length === 0) return [new Map([['__address__', podIP], ...common])];
    return ports.map((port) => {
      const target: Labels = new Map([['__address__', hostPort(podIP, port.containerPort ?? 0)], ...common]);
      addContainerPort(target, port, port.protocol);
      return target;
    });
  });
  return { labels, targets };
}

/** What is known of a pod as a whole. */
export function podLabels(pod: Pod, related: Related): Labels {
  const { spec, status, metadata } = pod;
  const labels: Labels = new Map([
    [`${prefix}pod_ip`, status.podIP ?? ''],
    [`${prefix}pod_ready`, readiness(pod)],
    [`${prefix}pod_phase`, status.phase ?? ''],
    [`${prefix}pod_node_name`, spec.nodeName ?? ''],
    [`${prefix}pod_host_ip`, status.hostIP ?? ''],
    [`${prefix}pod_uid`, metadata.uid ?? ''],
  ]);
  related.names.addMeta(labels, metadata, 'pod');
  addController(labels, pod, related);
  return labels;
}

/** Containers first, then those that run before them. */
export function containersOf({ spec }: Pod): { container: Container; isInit: boolean }[] {
  return [
    ...(spec.containers ?? []).map((container) => ({ container, isInit: false })),
    ...(spec.initContainers ?? []).map((container) => ({ container, isInit: true })),
  ];
}

export function addContainerPort(target: Labels, port: ContainerPort, protocol = ''): void {
  target.set(`${prefix}pod_container_port_name`, port.name ?? '');
  target.set(`${prefix}pod_container_port_number`, String(port.containerPort ?? 0));
  target.set(`${prefix}pod_container_port_protocol`, protocol);
}

/** What keeps the pod running, and what keeps that. */
function addController(labels: Labels, pod: Pod, related: Related): void {
  const { kind = '', name = '' } = controllerOf(pod) ?? {};
  if (kind !== '') labels.set(`${prefix}pod_controller_kind`, kind);
  if (name !== '') labels.set(`${prefix}pod_controller_name`, name);
  const { attach } = related;
  const key = namespacedName(pod.metadata.namespace ?? '', name);
  const ownerOf = (resource: typeof jobs, ownerKind: string) => {
    const found = related.find(resource, key);
    const owner = found && controllerOf(found);
    return owner?.kind === ownerKind ? owner.name : undefined;
  };
  if (kind === 'ReplicaSet' && attach.deployment) {
    const deployment = ownerOf(replicaSets, 'Deployment');
    if (deployment !== undefined) labels.set(`${prefix}pod_deployment_name`, deployment);
  }
  if (kind === 'Job') {
    if (attach.job) labels.set(`${prefix}pod_job_name`, name);
    const cronJob = attach.cronjob ? ownerOf(jobs, 'CronJob') : undefined;
    if (cronJob !== undefined) labels.set(`${prefix}pod_cronjob_name`, cronJob);
  }
}

function readiness({ status }: Pod): string {
  return (status.conditions?.find(({ type }) => type === 'Ready')?.status ?? 'unknown').toLowerCase();
}

function containerId({ status }: Pod, { name }: Container, isInit: boolean): string {
  const statuses = isInit ? status.initContainerStatuses : status.containerStatuses;
  return statuses?.find((each) => each.name === name)?.containerID ?? '';
}
