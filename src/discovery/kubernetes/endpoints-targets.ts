import { hostPort } from '../../relabel/meta-labels.js';
import { EndpointPods } from './endpoint-pods.js';
import { type Labels, namespaceLabel, prefix } from './meta-names.js';
import { type EndpointAddress, type EndpointPort, type Endpoints, objectKey } from './objects.js';
import { addNamespace, addNode, type FoundTargets, type Related } from './related.js';
import { services } from './resources.js';
import { addService } from './service-targets.js';

/** One target for each address and port, and for the other ports of the pods behind them. */
export function endpointsTargets(endpoints: Endpoints, related: Related): FoundTargets {
  const { metadata, subsets = [] } = endpoints;
  const { namespace = '' } = metadata;
  const labels: Labels = new Map([[namespaceLabel, namespace]]);
  const service = related.find(services, objectKey(endpoints));
  if (service !== undefined) addService(labels, service, related);
  related.names.addMeta(labels, metadata, 'endpoints');
  addNamespace(labels, namespace, related);

  const pods = new EndpointPods(related);
  const targets: Labels[] = [];
  for (const { ports = [], addresses = [], notReadyAddresses = [] } of subsets) {
    for (const port of ports) {
      for (const address of addresses) targets.push(target(address, port, true, pods, related));
      for (const address of notReadyAddresses) targets.push(target(address, port, false, pods, related));
    }
  }
  return { labels, targets: [...targets, ...pods.otherPorts()] };
}

function target(
  address: EndpointAddress,
  port: EndpointPort,
  isReady: boolean,
  pods: EndpointPods,
  related: Related,
): Labels {
  const { ip = '', hostname = '', nodeName, targetRef } = address;
  const labels: Labels = new Map([
    ['__address__', hostPort(ip, port.port ?? 0)],
    [`${prefix}endpoint_port_name`, port.name ?? ''],
    [`${prefix}endpoint_port_protocol`, port.protocol ?? ''],
    [`${prefix}endpoint_ready`, String(isReady)],
  ]);
  if (targetRef !== undefined) {
    labels.set(`${prefix}endpoint_address_target_kind`, targetRef.kind ?? '');
    labels.set(`${prefix}endpoint_address_target_name`, targetRef.name ?? '');
  }
  if (nodeName !== undefined) labels.set(`${prefix}endpoint_node_name`, nodeName);
  if (hostname !== '') labels.set(`${prefix}endpoint_hostname`, hostname);
  addNode(labels, nodeName ?? (targetRef?.kind === 'Node' ? targetRef.name : undefined), related);
  pods.addPod(labels, targetRef, port);
  return labels;
}
