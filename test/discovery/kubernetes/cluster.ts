import type { FakeKubernetes, FakeObject } from '../../support/fake-kubernetes.js';

/** A small cluster with one of everything that labels are made of. The fixtures say what Promtail found in it. */
export function addCluster(server: FakeKubernetes): void {
  for (const [collection, objects] of Object.entries(cluster))
    for (const object of objects) server.put(collection, object);
}

/** Items of `kubernetes_sd_configs`, by what they show. */
export const clusterCases: Readonly<Record<string, object>> = {
  pods: { role: 'pod' },
  'pods with all metadata': { role: 'pod', attach_metadata: everything() },
  'pods of two namespaces': { role: 'pod', namespaces: { names: ['shop', 'jobs'] } },
  'pods by label and field': {
    role: 'pod',
    selectors: [{ role: 'pod', label: 'app=web', field: 'status.phase=Running' }],
  },
  nodes: { role: 'node' },
  'nodes by label': { role: 'node', selectors: [{ role: 'node', label: 'pool=b' }] },
  services: { role: 'service' },
  'services with their namespace': { role: 'service', attach_metadata: { namespace: true } },
  endpoints: { role: 'endpoints' },
  'endpoints with all metadata': { role: 'endpoints', attach_metadata: everything() },
  'endpoints of some services and pods': {
    role: 'endpoints',
    selectors: [
      { role: 'endpoints', label: 'app=web' },
      { role: 'service', label: 'app=web' },
      { role: 'pod', label: 'app=other' },
    ],
  },
  endpointslices: { role: 'endpointslice' },
  'endpointslices with all metadata': { role: 'endpointslice', attach_metadata: everything() },
  ingresses: { role: 'ingress' },
  'ingresses with their namespace': { role: 'ingress', attach_metadata: { namespace: true } },
};

function everything(): object {
  return { node: true, namespace: true, deployment: true, job: true, cronjob: true };
}

const cluster: Readonly<Record<string, FakeObject[]>> = {
  namespaces: [
    {
      metadata: { name: 'shop', labels: { team: 'shop', 'pod-security.kubernetes.io/enforce': 'baseline' } },
    },
    { metadata: { name: 'jobs', annotations: { 'scheduler.alpha/node-selector': 'pool=b' } } },
    { metadata: { name: 'kube-system' } },
  ],
  nodes: [
    {
      metadata: {
        name: 'node-1',
        labels: { 'kubernetes.io/hostname': 'node-1', pool: 'a' },
        annotations: { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' },
      },
      spec: { providerID: 'kind://docker/kind/node-1', podCIDR: '10.244.0.0/24' },
      status: {
        conditions: [
          { type: 'Ready', status: 'True', reason: 'KubeletReady' },
          { type: 'MemoryPressure', status: 'False' },
          { type: 'Odd/Condition', status: 'Unknown' },
        ],
        addresses: [
          { type: 'Hostname', address: 'node-1.local' },
          { type: 'InternalIP', address: '172.18.0.2' },
          { type: 'InternalIP', address: 'fc00::2' },
          { type: 'ExternalDNS', address: 'node-1.example.com' },
        ],
        daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
      },
    },
    {
      metadata: { name: 'node-2', labels: { pool: 'b', empty: '' } },
      spec: {},
      status: {
        addresses: [{ type: 'InternalIP', address: 'fc00::3' }],
        daemonEndpoints: { kubeletEndpoint: { Port: 0 } },
      },
    },
    { metadata: { name: 'node-without-address', labels: { pool: 'b' } }, spec: {}, status: {} },
  ],
  replicasets: [
    {
      metadata: { name: 'web-7d9c6b8f54', namespace: 'shop', ownerReferences: [owner('Deployment', 'web')] },
    },
    { metadata: { name: 'lonely', namespace: 'shop' } },
  ],
  jobs: [
    { metadata: { name: 'report-28903', namespace: 'jobs', ownerReferences: [owner('CronJob', 'report')] } },
    { metadata: { name: 'once', namespace: 'jobs' } },
  ],
  pods: [
    pod('web-7d9c6b8f54-abcde', 'shop', {
      labels: { app: 'web', 'app.kubernetes.io/name': 'web', 'pod-template-hash': '7d9c6b8f54' },
      annotations: { 'prometheus.io/scrape': 'true', 'note-ünïcode': 'süß' },
      owners: [{ ...owner('Thing', 'other'), controller: false }, owner('ReplicaSet', 'web-7d9c6b8f54')],
      containers: [
        {
          name: 'web',
          image: 'registry.example/web:1.2.3',
          ports: [
            { name: 'http', containerPort: 8080, protocol: 'TCP' },
            { name: 'metrics', containerPort: 9090, protocol: 'TCP' },
          ],
        },
        { name: 'sidecar', image: 'proxy:2', ports: [{ containerPort: 15001, protocol: 'UDP' }] },
        { name: 'plain', image: 'busybox' },
      ],
      initContainers: [{ name: 'prepare', image: 'busybox:1' }],
      ready: 'True',
      ip: '10.244.0.5',
    }),
    pod('web-v6', 'shop', {
      labels: { app: 'web' },
      owners: [owner('ReplicaSet', 'lonely')],
      containers: [{ name: 'web', image: 'web:6', ports: [{ containerPort: 8080, protocol: 'TCP' }] }],
      ready: 'False',
      ip: 'fd00::5',
    }),
    pod('report-28903-x1', 'jobs', {
      owners: [owner('Job', 'report-28903')],
      phase: 'Succeeded',
      ip: '10.244.0.6',
    }),
    pod('once-x1', 'jobs', { owners: [owner('Job', 'once')], phase: 'Failed', ip: '10.244.0.7' }),
    pod('starting', 'shop', { phase: 'Pending', ip: '' }),
    pod('elsewhere', 'shop', { node: 'node-2', labels: { app: 'other' }, ip: '10.244.1.5' }),
    pod('kube-apiserver-node-1', 'kube-system', {
      annotations: {
        'kubernetes.io/config.hash': '2f0a8c7f0a5d4b0e9f0c2b7e6d1c3a58',
        'kubernetes.io/config.mirror': '2f0a8c7f0a5d4b0e9f0c2b7e6d1c3a58',
      },
      owners: [owner('Node', 'node-1')],
      ip: '172.18.0.2',
    }),
  ],
  services: [
    {
      metadata: {
        name: 'web',
        namespace: 'shop',
        labels: { app: 'web' },
        annotations: { 'prometheus.io/port': '9090' },
      },
      spec: {
        type: 'ClusterIP',
        clusterIP: '10.96.0.10',
        ipFamilyPolicy: 'PreferDualStack',
        ipFamilies: ['IPv4', 'IPv6'],
        ports: [
          { name: 'http', port: 80, protocol: 'TCP', targetPort: 8080 },
          { port: 443, protocol: 'TCP' },
        ],
      },
    },
    {
      metadata: { name: 'outside', namespace: 'shop' },
      spec: { type: 'ExternalName', externalName: 'db.example.com', ports: [{ port: 5432 }] },
    },
    {
      metadata: { name: 'edge', namespace: 'shop' },
      spec: {
        type: 'LoadBalancer',
        clusterIP: '10.96.0.11',
        loadBalancerIP: '203.0.113.9',
        ports: [{ name: 'https', port: 443, protocol: 'TCP' }],
      },
    },
    { metadata: { name: 'portless', namespace: 'shop' }, spec: { type: 'ClusterIP', clusterIP: 'None' } },
  ],
  endpoints: [
    {
      metadata: {
        name: 'web',
        namespace: 'shop',
        labels: { app: 'web', 'service.kubernetes.io/headless': '' },
      },
      subsets: [
        {
          addresses: [
            {
              ip: '10.244.0.5',
              nodeName: 'node-1',
              targetRef: { kind: 'Pod', namespace: 'shop', name: 'web-7d9c6b8f54-abcde' },
            },
            { ip: '192.0.2.7', hostname: 'bare-metal' },
            { ip: '172.18.0.2', targetRef: { kind: 'Node', name: 'node-1' } },
          ],
          notReadyAddresses: [
            {
              ip: '10.244.1.5',
              nodeName: 'node-2',
              targetRef: { kind: 'Pod', namespace: 'shop', name: 'elsewhere' },
            },
            { ip: 'fd00::9', targetRef: { kind: 'Pod', namespace: 'shop', name: 'unknown' } },
          ],
          ports: [{ name: 'http', port: 8080, protocol: 'TCP' }, { port: 9999 }],
        },
        { addresses: [{ ip: '192.0.2.8' }] },
      ],
    },
    { metadata: { name: 'nobody', namespace: 'shop', annotations: { why: 'test' } } },
  ],
  endpointslices: [
    {
      metadata: {
        name: 'web-4',
        namespace: 'shop',
        labels: { 'kubernetes.io/service-name': 'web' },
        annotations: { 'endpoints.kubernetes.io/last-change-trigger-time': '2026-01-01T00:00:00Z' },
      },
      addressType: 'IPv4',
      endpoints: [
        {
          addresses: ['10.244.0.5'],
          conditions: { ready: true, serving: true, terminating: false },
          nodeName: 'node-1',
          zone: 'zone-a',
          targetRef: { kind: 'Pod', namespace: 'shop', name: 'web-7d9c6b8f54-abcde' },
          deprecatedTopology: { 'topology.kubernetes.io/region': 'r1' },
        },
        { addresses: ['192.0.2.7'], conditions: { ready: false }, hostname: 'bare-metal' },
        { addresses: ['172.18.0.2'], conditions: {}, targetRef: { kind: 'Node', name: 'node-1' } },
      ],
      ports: [
        { name: 'http', port: 8080, protocol: 'TCP', appProtocol: 'kubernetes.io/h2c' },
        { name: '', protocol: 'TCP' },
      ],
    },
    {
      metadata: { name: 'web-6', namespace: 'shop', labels: { 'kubernetes.io/service-name': 'web' } },
      addressType: 'IPv6',
      endpoints: [{ addresses: ['fd00::5'], conditions: { ready: true } }],
      ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
    },
    {
      metadata: { name: 'own', namespace: 'shop' },
      addressType: 'FQDN',
      endpoints: [{ addresses: ['a.example.com', 'b.example.com'], conditions: { ready: true } }],
      ports: [{ name: 'x', port: 1, protocol: 'SCTP' }],
    },
  ],
  ingresses: [
    {
      metadata: { name: 'shop', namespace: 'shop', labels: { app: 'web' } },
      spec: {
        ingressClassName: 'nginx',
        tls: [{ hosts: ['shop.example.com', '*.wild.example.com'] }, {}],
        rules: [
          { host: 'shop.example.com', http: { paths: [{ path: '/' }, { path: '/cart' }, {}] } },
          { host: 'a.wild.example.com', http: { paths: [{ path: '/w' }] } },
          { host: 'a.b.wild.example.com', http: { paths: [{ path: '/deep' }] } },
          { host: 'bare.example.com' },
          { host: 'empty.example.com', http: { paths: [] } },
          { http: { paths: [{ path: '/any-host' }] } },
        ],
      },
    },
    { metadata: { name: 'default-backend', namespace: 'shop' }, spec: {} },
  ],
};

function owner(kind: string, name: string) {
  return { apiVersion: 'v1', kind, name, uid: `uid-${name}`, controller: true };
}

function pod(
  name: string,
  namespace: string,
  {
    labels,
    annotations,
    owners,
    containers = [{ name: 'main', image: 'main:1' }],
    initContainers,
    ready,
    phase = 'Running',
    ip,
    node = 'node-1',
  }: {
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
    owners?: object[];
    containers?: { name: string; image: string; ports?: object[] }[];
    initContainers?: { name: string; image: string }[];
    ready?: string;
    phase?: string;
    ip: string;
    node?: string;
  },
): FakeObject {
  const running = (list: { name: string }[]) =>
    list.map((each) => ({ name: each.name, containerID: `containerd://${name}-${each.name}`, ready: true }));
  return {
    metadata: {
      name,
      namespace,
      uid: `00000000-0000-4000-8000-${name}`,
      ...(labels && { labels }),
      ...(annotations && { annotations }),
      ...(owners && { ownerReferences: owners }),
      managedFields: [{ manager: 'kubelet', operation: 'Update' }],
    },
    spec: { nodeName: node, containers, ...(initContainers && { initContainers }) },
    status: {
      phase,
      ...(ip && { podIP: ip, podIPs: [{ ip }], hostIP: '172.18.0.2' }),
      conditions: [
        { type: 'PodScheduled', status: 'True' },
        ...(ready ? [{ type: 'Ready', status: ready }] : []),
      ],
      containerStatuses: running(containers.slice(0, 2)),
      ...(initContainers && { initContainerStatuses: running(initContainers) }),
    },
  };
}
