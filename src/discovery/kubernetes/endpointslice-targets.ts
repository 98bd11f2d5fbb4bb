import { hostPort } from '../../relabel/meta-labels.js';
import { EndpointPods } from './endpoint-pods.js';
import { type Labels, namespaceLabel, prefix } from './meta-names.js';
import {
  type EndpointPort,
  type EndpointSlice,
  namespacedName,
  type Service,
  type SliceEndpoint,
} from './objects.js';
import { addNamespace, addNode, type FoundTargets, type Related } from './related.js';
import { services } from './resources.js';
import { addService } from './service-targets.js';

/** One target for each address and port, and for the other ports of the pods behind them. */
export function endpointSliceTargets(slice: EndpointSlice, related: Related): FoundTargets {
  const { metadata, addressType = '', endpoints = [], ports = [] } = slice;
  const { namespace = '' } = metadata;
  const labels: Labels = new Map([
    [namespaceLabel, namespace],
    [`${prefix}endpointslice_address_type`, addressType],
  ]);
  related.names.addMeta(labels, metadata, 'endpointslice');
  const serviceName = metadata.labels?.['kubernetes.io/service-name'];
  const service =
    serviceName === undefined ? undefined : related.find(services, namespacedName(namespace, serviceName));
  if (service !== undefined) addService(labels, service, related);
  addNamespace(labels, namespace, related);
  if (service !== undefined && isOtherFamily(service, addressType)) return { labels, targets: [] };

  const pods = new EndpointPods(related);
  const targets = endpoints.flatMap((endpoint) =>
    ports.flatMap((port) =>
      (endpoint.addresses ?? []).map((address) => target(address, endpoint, port, pods, related)),
    ),
  );
  return { labels, targets: [...targets, ...pods.otherPorts()] };
}

function target(
  address: string,
  endpoint: SliceEndpoint,
  port: EndpointPort,
  pods: EndpointPods,
  related: Related,
): Labels {
  const { conditions = {}, targetRef, nodeName } = endpoint;
  const labels: Labels = new Map([
    ['__address__', port.port === undefined ? address : hostPort(address, port.port)],
  ]);
  const known = {
    port_name: port.name,
    port_protocol: port.protocol,
    port: port.port,
    port_app_protocol: port.appProtocol,
    endpoint_conditions_ready: conditions.ready,
    endpoint_conditions_serving: conditions.serving,
    endpoint_conditions_terminating: conditions.terminating,
    endpoint_hostname: endpoint.hostname,
    address_target_kind: targetRef && (targetRef.kind ?? ''),
    address_target_name: targetRef && (targetRef.name ?? ''),
    endpoint_node_name: nodeName,
    endpoint_zone: endpoint.zone,
  };
  for (const [name, value] of Object.entries(known))
    if (value !== undefined) labels.set(`${prefix}endpointslice_${name}`, String(value));
  related.names.addTopology(labels, endpoint.deprecatedTopology);
  addNode(labels, targetRef?.kind === 'Node' ? targetRef.name : nodeName, related);
  pods.addPod(labels, targetRef, port);
  return labels;
}

/** A service of two IP families has a slice for each; the second would show the same targets again. */
function isOtherFamily({ spec: { ipFamilyPolicy, ipFamilies = [] } }: Service, addressType: string): boolean {
  const isDual = ipFamilyPolicy === 'PreferDualStack' || ipFamilyPolicy === 'RequireDualStack';
  return isDual && ipFamilies.length > 0 && ipFamilies[0] !== addressType;
}
