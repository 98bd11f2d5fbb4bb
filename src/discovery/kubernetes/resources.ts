import type { Mask } from './field-reader.js';
import type {
  EndpointSlice,
  Endpoints,
  Ingress,
  KubernetesNode,
  KubernetesObject,
  Pod,
  Service,
} from './objects.js';

/** A collection of the API: where it is, and what is kept of each object in it. The rest of an object is several times that. */
export interface Resource<T extends KubernetesObject = KubernetesObject> {
  /** `api/v1`, `apis/apps/v1`. */
  readonly group: string;
  /** As in the path: `pods`. */
  readonly name: string;
  readonly isNamespaced: boolean;
  /** What is read of each object. */
  readonly fields: { readonly metadata: { readonly [field: string]: Mask }; readonly [field: string]: Mask };
  /** Only says what the objects are. */
  readonly object?: T;
}

const owners = { kind: true, name: true, controller: true } as const;
const labelled = { name: true, namespace: true, labels: true, annotations: true } as const;
const condition = { type: true, status: true } as const;
const containerStatus = { name: true, containerID: true } as const;
const container = {
  name: true,
  image: true,
  ports: { name: true, containerPort: true, protocol: true },
} as const;
const targetRef = { kind: true, namespace: true, name: true } as const;
const endpointPort = { name: true, port: true, protocol: true, appProtocol: true } as const;
const endpointAddress = { ip: true, hostname: true, nodeName: true, targetRef } as const;

export const pods: Resource<Pod> = {
  group: 'api/v1',
  name: 'pods',
  isNamespaced: true,
  fields: {
    metadata: { ...labelled, uid: true, ownerReferences: owners },
    spec: { nodeName: true, containers: container, initContainers: container },
    status: {
      phase: true,
      podIP: true,
      hostIP: true,
      conditions: condition,
      containerStatuses: containerStatus,
      initContainerStatuses: containerStatus,
    },
  },
};

export const nodes: Resource<KubernetesNode> = {
  group: 'api/v1',
  name: 'nodes',
  isNamespaced: false,
  fields: {
    metadata: labelled,
    spec: { providerID: true },
    status: {
      conditions: condition,
      addresses: true,
      daemonEndpoints: { kubeletEndpoint: { Port: true } },
    },
  },
};

export const services: Resource<Service> = {
  group: 'api/v1',
  name: 'services',
  isNamespaced: true,
  fields: {
    metadata: labelled,
    spec: {
      type: true,
      clusterIP: true,
      externalName: true,
      loadBalancerIP: true,
      ipFamilyPolicy: true,
      ipFamilies: true,
      ports: { name: true, port: true, protocol: true },
    },
  },
};

export const endpoints: Resource<Endpoints> = {
  group: 'api/v1',
  name: 'endpoints',
  isNamespaced: true,
  fields: {
    metadata: labelled,
    subsets: { addresses: endpointAddress, notReadyAddresses: endpointAddress, ports: endpointPort },
  },
};

export const endpointSlices: Resource<EndpointSlice> = {
  group: 'apis/discovery.k8s.io/v1',
  name: 'endpointslices',
  isNamespaced: true,
  fields: {
    metadata: labelled,
    addressType: true,
    endpoints: {
      addresses: true,
      conditions: true,
      hostname: true,
      nodeName: true,
      zone: true,
      targetRef,
      deprecatedTopology: true,
    },
    ports: endpointPort,
  },
};

export const ingresses: Resource<Ingress> = {
  group: 'apis/networking.k8s.io/v1',
  name: 'ingresses',
  isNamespaced: true,
  fields: {
    metadata: labelled,
    spec: {
      ingressClassName: true,
      tls: { hosts: true },
      rules: { host: true, http: { paths: { path: true } } },
    },
  },
};

export const namespaces: Resource = {
  group: 'api/v1',
  name: 'namespaces',
  isNamespaced: false,
  fields: { metadata: labelled },
};

export const replicaSets: Resource = {
  group: 'apis/apps/v1',
  name: 'replicasets',
  isNamespaced: true,
  fields: { metadata: { name: true, namespace: true, ownerReferences: owners } },
};

export const jobs: Resource = {
  group: 'apis/batch/v1',
  name: 'jobs',
  isNamespaced: true,
  fields: { metadata: { name: true, namespace: true, ownerReferences: owners } },
};
