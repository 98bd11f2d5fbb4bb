import { hostPort } from '../../relabel/meta-labels.js';
import { type Labels, namespaceLabel, prefix } from './meta-names.js';
import type { Service } from './objects.js';
import { addNamespace, type FoundTargets, type Related } from './related.js';

/** One target for each port. */
export function serviceTargets(service: Service, related: Related): FoundTargets {
  const { metadata, spec } = service;
  const { name, namespace = '' } = metadata;
  const labels: Labels = new Map();
  addService(labels, service, related);
  addNamespace(labels, namespace, related);
  const { type = '' } = spec;
  const targets = (spec.ports ?? []).map(({ name: portName = '', port = 0, protocol = '' }) => {
    const target: Labels = new Map([
      ['__address__', hostPort(`${name}.${namespace}.svc`, port)],
      [`${prefix}service_port_name`, portName],
      [`${prefix}service_port_number`, String(port)],
      [`${prefix}service_port_protocol`, protocol],
      [`${prefix}service_type`, type],
    ]);
    if (type === 'ExternalName') target.set(`${prefix}service_external_name`, spec.externalName ?? '');
    else target.set(`${prefix}service_cluster_ip`, spec.clusterIP ?? '');
    if (type === 'LoadBalancer') target.set(`${prefix}service_loadbalancer_ip`, spec.loadBalancerIP ?? '');
    return target;
  });
  return { labels, targets };
}

/** What is known of a service as a whole, for its own targets and those of its endpoints. */
export function addService(labels: Labels, { metadata }: Service, { names }: Related): void {
  labels.set(namespaceLabel, metadata.namespace ?? '');
  names.addMeta(labels, metadata, 'service');
}
