import { hostPort } from '../../relabel/meta-labels.js';
import { type Labels, prefix } from './meta-names.js';
import { type EndpointPort, namespacedName, type ObjectReference, type Pod } from './objects.js';
import { addContainerPort, containersOf, podLabels } from './pod-targets.js';
import type { Related } from './related.js';
import { pods } from './resources.js';

/** The pods behind the endpoints of one service: their labels go to its targets, and their other ports are targets too. */
export class EndpointPods {
  readonly #related: Related;
  readonly #seen = new Map<string, { pod: Pod; ports: Set<number | undefined> }>();

  constructor(related: Related) {
    this.#related = related;
  }

  /** Adds what is known of the pod that a target refers to, and of the container that has its port. */
  addPod(target: Labels, ref: ObjectReference | undefined, { port, protocol }: EndpointPort): void {
    if (ref?.kind !== 'Pod') return;
    const key = namespacedName(ref.namespace ?? '', ref.name ?? '');
    const pod = this.#related.find(pods, key);
    if (pod === undefined) return;
    const { ports } = this.#seen.get(key) ?? { ports: new Set() };
    this.#seen.set(key, { pod, ports: ports.add(port) });
    for (const [name, value] of podLabels(pod, this.#related)) target.set(name, value);
    for (const { container, isInit } of containersOf(pod)) {
      const match = container.ports?.find(({ containerPort }) => containerPort === port);
      if (match === undefined) continue;
      addContainer(target, container, isInit);
      addContainerPort(target, match, protocol);
    }
  }

  /** A target for each port of a container that is no endpoint. */
  otherPorts(): Labels[] {
    return [...this.#seen.values()].flatMap(({ pod, ports }) => {
      const { podIP = '' } = pod.status;
      if (podIP === '') return [];
      return containersOf(pod).flatMap(({ container, isInit }) =>
        (container.ports ?? [])
          .filter(({ containerPort }) => !ports.has(containerPort))
          .map((port) => {
            const target = podLabels(pod, this.#related);
            target.set('__address__', hostPort(podIP, port.containerPort ?? 0));
            addContainer(target, container, isInit);
            addContainerPort(target, port, port.protocol);
            return target;
          }),
      );
    });
  }
}

function addContainer(
  target: Labels,
  { name, image = '' }: { readonly name: string; readonly image?: string },
  isInit: boolean,
): void {
  target.set(`${prefix}pod_container_name`, name);
  target.set(`${prefix}pod_container_image`, image);
  target.set(`${prefix}pod_container_init`, String(isInit));
}
