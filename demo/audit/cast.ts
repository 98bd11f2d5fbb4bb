import type { Random } from './random.js';

/** Who calls the API server, as its audit events name them. */
export interface Actor {
  user: User;
  sourceIPs: string[];
  userAgent: string;
  /** Why the server lets them, for the annotation of that name. */
  reason: string;
}

export interface User {
  username?: string;
  uid?: string;
  groups?: string[];
  extra?: Record<string, string[]>;
}

/** A pod that runs somewhere, with the workload that made it. */
export interface Pod {
  namespace: string;
  name: string;
  app: string;
  node: string;
}

/** All callers and what there is to call for in one made-up cluster. */
export interface Cast {
  nodes: Actor[];
  controllers: Actor[];
  serviceAccounts: Actor[];
  people: Actor[];
  anonymous: Actor;
  pods: Pod[];
  namespaces: string[];
}

const release = 'v1.34.1 (linux/amd64) kubernetes/93248f9';

const workloads: [namespace: string, app: string][] = [
  ['shop', 'cart'],
  ['shop', 'checkout'],
  ['shop', 'catalog'],
  ['billing', 'invoices'],
  ['billing', 'ledger'],
  ['search', 'indexer'],
  ['search', 'query'],
  ['ops', 'crawler'],
  ['monitoring', 'prometheus'],
  ['kube-system', 'coredns'],
];

export function makeCast(random: Random, nodeCount: number): Cast {
  const nodeNames = Array.from({ length: nodeCount }, (_, i) => `wrk-${String(i + 1).padStart(2, '0')}`);
  const pods = workloads.flatMap(([namespace, app]) => {
    const hash = random.hex(9);
    return Array.from({ length: 4 }, () => ({
      namespace,
      app,
      name: `${app}-${hash}-${random.hex(5)}`,
      node: random.pick(nodeNames),
    }));
  });
  return {
    nodes: nodeNames.map((name, i) => ({
      user: { username: `system:node:${name}`, groups: ['system:nodes', 'system:authenticated'] },
      sourceIPs: [`10.32.${Math.floor(i / 250)}.${(i % 250) + 4}`],
      userAgent: `kubelet/${release}`,
      reason: '',
    })),
    controllers: ['kube-controller-manager', 'kube-scheduler'].map((name, i) => component(name, i + 2)),
    serviceAccounts: workloads.map(([namespace, app]) => serviceAccount(random, namespace, app, pods)),
    people: [
      person('oncall@example.org', 'sre', '198.51.100.7', 'linux/amd64'),
      person('developer@example.org', 'shop-dev', '198.51.100.23', 'darwin/arm64'),
      person('auditor@example.org', 'auditors', '198.51.100.41', 'windows/amd64'),
      person('ci-bot', 'deployers', '10.32.9.40', 'linux/amd64'),
    ],
    anonymous: {
      user: { username: 'system:anonymous', groups: ['system:unauthenticated'] },
      sourceIPs: ['10.32.0.2'],
      userAgent: 'kube-probe/1.34',
      reason: binding('ClusterRole', 'system:public-info-viewer', 'Group "system:unauthenticated"'),
    },
    pods,
    namespaces: [...new Set(workloads.map(([namespace]) => namespace))],
  };
}

function component(name: string, host: number): Actor {
  return {
    user: { username: `system:${name}`, groups: ['system:authenticated'] },
    sourceIPs: [`10.32.0.${host}`],
    userAgent: `${name}/${release}/leader-election`,
    reason: binding('ClusterRole', `system:${name}`, `User "system:${name}"`),
  };
}

function serviceAccount(random: Random, namespace: string, app: string, pods: Pod[]): Actor {
  const pod = pods.find((candidate) => candidate.app === app)!;
  return {
    user: {
      username: `system:serviceaccount:${namespace}:${app}`,
      uid: random.uuid(),
      groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
      extra: {
        'authentication.kubernetes.io/credential-id': [`JTI=${random.uuid()}`],
        'authentication.kubernetes.io/node-name': [pod.node],
        'authentication.kubernetes.io/node-uid': [random.uuid()],
        'authentication.kubernetes.io/pod-name': [pod.name],
        'authentication.kubernetes.io/pod-uid': [random.uuid()],
      },
    },
    sourceIPs: [`10.32.${random.between(4, 9)}.${random.between(10, 250)}`],
    userAgent: `${app}/2.${random.between(0, 9)}.1 (linux/amd64) client-go/v0.33.2`,
    reason: binding('ClusterRole', `${app}-reader`, `ServiceAccount "${app}/${namespace}"`),
  };
}

function person(username: string, group: string, address: string, platform: string): Actor {
  return {
    user: { username, groups: [group, 'system:authenticated'] },
    sourceIPs: [address, '10.32.0.4'],
    userAgent: `kubectl/v1.34.1 (${platform}) kubernetes/93248f9`,
    reason: binding('ClusterRole', 'edit', `Group "${group}"`),
  };
}

function binding(kind: string, role: string, subject: string): string {
  return `RBAC: allowed by ClusterRoleBinding "${role}" of ${kind} "${role}" to ${subject}`;
}
