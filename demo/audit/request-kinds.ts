import * as bodies from './bodies.js';
import type { Actor, Cast } from './cast.js';
import type { Random } from './random.js';
import type { RequestSpec } from './request.js';

/** Makes one request of a kind, out of the many the kind stands for. */
export type RequestKind = (cast: Cast, random: Random) => RequestSpec;

/** What an API server is asked for. The names are what a mix is given in; `defaultMix` says how much of each. */
export const requestKinds = {
  lease: (cast, random) => {
    const actor = random.pick([...cast.nodes, ...cast.controllers]);
    const isNode = actor.user.groups?.includes('system:nodes');
    const namespace = isNode ? 'kube-node-lease' : 'kube-system';
    const name = actor.user.username!.split(':').at(-1)!;
    return {
      actor,
      verb: 'update',
      uri: `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/${name}?timeout=10s`,
      object: {
        resource: 'leases',
        namespace,
        name,
        uid: random.uuid(),
        apiGroup: 'coordination.k8s.io',
        apiVersion: 'v1',
        resourceVersion: String(random.between(10_000, 99_999)),
      },
      micros: [1500, 9000],
    };
  },

  nodeStatus: (cast, random) => {
    const actor = random.pick(cast.nodes);
    const name = nodeName(actor);
    return {
      actor,
      verb: 'patch',
      uri: `/api/v1/nodes/${name}/status?timeout=10s`,
      object: { resource: 'nodes', name, apiVersion: 'v1', subresource: 'status' },
      level: 'Request',
      requestBody: bodies.nodeStatusPatch(name),
      micros: [4000, 20_000],
    };
  },

  podStatus: (cast, random) => {
    const pod = random.pick(cast.pods);
    return {
      actor: nodeOf(cast, pod.node),
      verb: 'patch',
      uri: `/api/v1/namespaces/${pod.namespace}/pods/${pod.name}/status`,
      object: {
        resource: 'pods',
        namespace: pod.namespace,
        name: pod.name,
        apiVersion: 'v1',
        subresource: 'status',
      },
      level: 'Request',
      requestBody: bodies.podStatusPatch(pod, random.uuid()),
      micros: [4000, 15_000],
    };
  },

  nodeRead: (cast, random) => {
    const pod = random.pick(cast.pods);
    const resource = random.pick(['configmaps', 'pods', 'services']);
    const name = { configmaps: 'kube-root-ca.crt', pods: pod.name, services: pod.app }[resource]!;
    return {
      actor: nodeOf(cast, pod.node),
      verb: 'get',
      uri: `/api/v1/namespaces/${pod.namespace}/${resource}/${name}`,
      object: { resource, namespace: pod.namespace, name, apiVersion: 'v1' },
      micros: [700, 4000],
    };
  },

  watch: (cast, random) => {
    const actor = random.pick([...cast.nodes, ...cast.controllers, ...cast.serviceAccounts]);
    const [group, resource] = random.pick([
      ['apps', 'deployments'],
      ['', 'configmaps'],
      ['', 'services'],
      ['', 'pods'],
      ['discovery.k8s.io', 'endpointslices'],
    ] as const);
    const seconds = random.between(300, 600);
    const version = random.between(80_000, 99_999);
    const path = group === '' ? '/api/v1' : `/apis/${group}/v1`;
    return {
      actor: { ...actor, userAgent: `${actor.userAgent.replace('/leader-election', '')}/shared-informers` },
      verb: 'watch',
      uri: `${path}/${resource}?allowWatchBookmarks=true&resourceVersion=${version}&timeout=${goSeconds(seconds)}&timeoutSeconds=${seconds}&watch=true`,
      object: { resource, ...(group !== '' && { apiGroup: group }), apiVersion: 'v1' },
      kind: 'long',
      micros: [seconds * 1_000_000, seconds * 1_000_000 + 5000],
    };
  },

  token: (cast, random) => {
    const pod = random.pick(cast.pods);
    return {
      actor: nodeOf(cast, pod.node),
      verb: 'create',
      uri: `/api/v1/namespaces/${pod.namespace}/serviceaccounts/${pod.app}/token`,
      object: {
        resource: 'serviceaccounts',
        namespace: pod.namespace,
        name: pod.app,
        apiVersion: 'v1',
        subresource: 'token',
      },
      code: 201,
      annotations: { 'authentication.kubernetes.io/issued-credential-id': `JTI=${random.uuid()}` },
      micros: [3000, 12_000],
    };
  },

  controller: (cast, random) => {
    const actor = cast.controllers[0]!;
    const pod = random.pick(cast.pods);
    const { namespace } = pod;
    const [group, resource, name, subresource] = random.pick([
      ['discovery.k8s.io', 'endpointslices', `${pod.app}-7xkq2`, undefined],
      ['apps', 'replicasets', pod.name.slice(0, -6), 'status'],
      ['apps', 'deployments', pod.app, 'status'],
    ] as const);
    const tail = subresource === undefined ? '' : `/${subresource}`;
    return {
      actor,
      verb: 'update',
      uri: `/apis/${group}/v1/namespaces/${namespace}/${resource}/${name}${tail}`,
      object: {
        resource,
        namespace,
        name,
        uid: random.uuid(),
        apiGroup: group,
        apiVersion: 'v1',
        resourceVersion: String(random.between(10_000, 99_999)),
        ...(subresource !== undefined && { subresource }),
      },
      micros: [3000, 30_000],
    };
  },

  bind: (cast, random) => {
    const pod = random.pick(cast.pods);
    return {
      actor: cast.controllers[1]!,
      verb: 'create',
      uri: `/api/v1/namespaces/${pod.namespace}/pods/${pod.name}/binding?timeout=15s`,
      object: {
        resource: 'pods',
        namespace: pod.namespace,
        name: pod.name,
        uid: random.uuid(),
        apiVersion: 'v1',
        subresource: 'binding',
      },
      code: 201,
      micros: [4000, 12_000],
    };
  },

  serviceAccount: (cast, random) => {
    const actor = random.pick(cast.serviceAccounts);
    const pod = random.pick(cast.pods);
    const resource = random.pick(['pods', 'services', 'endpoints', 'configmaps']);
    const isList = random.fraction() < 0.5;
    return {
      actor,
      verb: isList ? 'list' : 'get',
      uri: `/api/v1/namespaces/${pod.namespace}/${resource}${isList ? '?limit=500&resourceVersion=0' : `/${pod.app}`}`,
      object: {
        resource,
        namespace: pod.namespace,
        ...(!isList && { name: pod.app }),
        apiVersion: 'v1',
      },
      micros: [900, 25_000],
    };
  },

  forbidden: (cast, random) => {
    const actor = random.pick([...cast.serviceAccounts, ...cast.people]);
    const namespace = random.pick(cast.namespaces);
    const resource = random.pick(['secrets', 'configmaps', 'pods']);
    const { username } = actor.user;
    return {
      actor,
      verb: 'list',
      uri: `/api/v1/namespaces/${namespace}/${resource}?limit=500`,
      object: { resource, namespace, apiVersion: 'v1' },
      code: 403,
      failure: {
        message: `${resource} is forbidden: User "${username}" cannot list resource "${resource}" in API group "" in the namespace "${namespace}"`,
        reason: 'Forbidden',
        details: { kind: resource },
      },
      micros: [600, 2500],
    };
  },

  unauthenticated: (_cast, random) => ({
    actor: {
      user: {},
      sourceIPs: [`10.32.7.${random.between(2, 9)}`],
      userAgent: 'Go-http-client/2.0',
      reason: '',
    },
    verb: 'list',
    uri: '/api/v1/pods',
    object: { resource: 'pods', apiVersion: 'v1' },
    code: 401,
    failure: { message: 'Unauthorized', reason: 'Unauthorized' },
    kind: 'unauthenticated',
    micros: [300, 900],
  }),

  person: (cast, random) => {
    const actor = random.pick(cast.people);
    const namespace = random.pick(cast.namespaces);
    const [path, group, resource] = random.pick([
      ['/api/v1', '', 'pods'],
      ['/api/v1', '', 'services'],
      ['/apis/apps/v1', 'apps', 'deployments'],
    ] as const);
    return {
      actor,
      verb: 'list',
      uri: `${path}/namespaces/${namespace}/${resource}?limit=500`,
      object: { resource, namespace, ...(group !== '' && { apiGroup: group }), apiVersion: 'v1' },
      micros: [3000, 60_000],
    };
  },

  deploy: (cast, random) => {
    const actor = cast.people.at(-1)!;
    const { namespace, app } = random.pick(cast.pods);
    return {
      actor,
      verb: 'patch',
      uri: `/apis/apps/v1/namespaces/${namespace}/deployments/${app}?fieldManager=kubectl-client-side-apply&fieldValidation=Strict`,
      object: { resource: 'deployments', namespace, name: app, apiGroup: 'apps', apiVersion: 'v1' },
      level: 'RequestResponse',
      requestBody: bodies.deploymentPatch(app),
      responseBody: bodies.deployment(namespace, app, random.uuid()),
      micros: [8000, 40_000],
    };
  },

  podCreate: (cast, random) => {
    const pod = random.pick(cast.pods);
    return {
      actor: cast.controllers[0]!,
      verb: 'create',
      uri: `/api/v1/namespaces/${pod.namespace}/pods`,
      object: { resource: 'pods', namespace: pod.namespace, name: pod.name, apiVersion: 'v1' },
      code: 201,
      level: 'Request',
      requestBody: bodies.pod(pod),
      annotations: { 'pod-security.kubernetes.io/enforce-policy': 'baseline:latest' },
      micros: [8000, 50_000],
    };
  },

  violation: (cast, random) => {
    const namespace = random.pick(cast.namespaces);
    return {
      actor: cast.people[1]!,
      verb: 'create',
      uri: `/api/v1/namespaces/${namespace}/pods?fieldManager=kubectl-run`,
      object: { resource: 'pods', namespace, name: 'probe', apiVersion: 'v1' },
      code: 201,
      annotations: {
        'mutation.webhook.admission.k8s.io/round_0_index_1':
          '{"configuration":"sidecars","webhook":"inject.example.org","mutated":false}',
        'pod-security.kubernetes.io/audit-violations':
          'would violate PodSecurity "baseline:latest": hostPath volumes (volume "h")',
        'pod-security.kubernetes.io/enforce-policy': 'privileged:latest',
      },
      micros: [8000, 50_000],
    };
  },

  secret: (cast, random) => {
    const actor = random.pick([...cast.people, ...cast.serviceAccounts]);
    const namespace = random.pick(cast.namespaces);
    const name = random.pick(['pg-main', 'tls-wildcard', 'registry-pull']);
    return {
      actor,
      verb: 'get',
      uri: `/api/v1/namespaces/${namespace}/secrets/${name}`,
      object: { resource: 'secrets', namespace, name, apiVersion: 'v1' },
      micros: [1000, 5000],
    };
  },

  rbac: (cast, random) => {
    const namespace = random.pick(cast.namespaces);
    const name = `tmp-admin-${random.hex(4)}`;
    return {
      actor: cast.people.at(-1)!,
      verb: 'create',
      uri: `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/rolebindings?fieldManager=kubectl-create&fieldValidation=Strict`,
      object: {
        resource: 'rolebindings',
        namespace,
        name,
        apiGroup: 'rbac.authorization.k8s.io',
        apiVersion: 'v1',
      },
      code: 201,
      level: 'RequestResponse',
      requestBody: bodies.roleBinding(namespace, name),
      responseBody: bodies.roleBinding(namespace, name, random.uuid()),
      micros: [6000, 15_000],
    };
  },

  exec: (cast, random) => {
    const actor = cast.people[0]!;
    const { namespace, name, app } = random.pick(cast.pods);
    return {
      actor,
      verb: 'get',
      uri: `/api/v1/namespaces/${namespace}/pods/${name}/exec?command=sh&command=-c&command=env&container=${app}&stdin=true&stdout=true&tty=true`,
      object: { resource: 'pods', namespace, name, apiVersion: 'v1', subresource: 'exec' },
      code: 101,
      kind: 'long',
      micros: [2_000_000, 40_000_000],
    };
  },

  notFound: (cast, random) => {
    const actor = random.pick(cast.serviceAccounts);
    const namespace = random.pick(cast.namespaces);
    const name = `lock-${random.hex(6)}`;
    return {
      actor,
      verb: 'get',
      uri: `/api/v1/namespaces/${namespace}/configmaps/${name}`,
      object: { resource: 'configmaps', namespace, name, apiVersion: 'v1' },
      code: 404,
      failure: {
        message: `configmaps "${name}" not found`,
        reason: 'NotFound',
        details: { name, kind: 'configmaps' },
      },
      micros: [800, 3000],
    };
  },

  conflict: (cast, random) => {
    const { namespace, app } = random.pick(cast.pods);
    const message = `Operation cannot be fulfilled on deployments.apps "${app}": the object has been modified; please apply your changes to the latest version and try again`;
    return {
      actor: cast.controllers[0]!,
      verb: 'update',
      uri: `/apis/apps/v1/namespaces/${namespace}/deployments/${app}/status`,
      object: {
        resource: 'deployments',
        namespace,
        name: app,
        uid: random.uuid(),
        apiGroup: 'apps',
        apiVersion: 'v1',
        resourceVersion: String(random.between(10_000, 99_999)),
        subresource: 'status',
      },
      code: 409,
      failure: { message, reason: 'Conflict', details: { name: app, group: 'apps', kind: 'deployments' } },
      micros: [2000, 8000],
    };
  },

  probe: (cast, random) => {
    return {
      actor: cast.anonymous,
      verb: 'get',
      uri: random.pick(['/livez', '/readyz', '/version?timeout=32s']),
      micros: [300, 2000],
    };
  },

  throttled: (cast, random) => ({
    actor: random.pick(cast.serviceAccounts),
    verb: 'list',
    uri: '/apis/batch/v1/jobs?limit=500',
    object: { resource: 'jobs', apiGroup: 'batch', apiVersion: 'v1' },
    code: 429,
    level: 'Request',
    micros: [15_000_000, 15_100_000],
  }),

  impersonation: (cast) => ({
    actor: {
      ...cast.people[0]!,
      reason:
        'RBAC: allowed by ClusterRoleBinding "system:controller:node-controller" of ClusterRole "system:controller:node-controller" to ServiceAccount "node-controller/kube-system"',
    },
    verb: 'list',
    uri: '/api/v1/nodes?limit=500',
    object: { resource: 'nodes', apiVersion: 'v1' },
    impersonated: {
      username: 'system:serviceaccount:kube-system:node-controller',
      groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'],
    },
    micros: [9000, 40_000],
  }),

  slow: (cast, random) => {
    const resource = random.pick(['pods', 'secrets', 'events']);
    return {
      actor: random.pick(cast.serviceAccounts),
      verb: 'list',
      uri: `/api/v1/${resource}?labelSelector=app%21%3Dprobe%2Cversion%3E2&limit=10000`,
      object: { resource, apiVersion: 'v1' },
      micros: [600_000, 3_000_000],
    };
  },
} satisfies Record<string, RequestKind>;

export type RequestKindName = keyof typeof requestKinds;

/** How often each kind is asked for, as shares of whatever they add up to. */
export type RequestMix = Partial<Record<RequestKindName, number>>;

export const defaultMix: RequestMix = {
  lease: 14,
  nodeStatus: 7,
  podStatus: 5,
  nodeRead: 7,
  watch: 9,
  token: 3,
  controller: 10,
  bind: 1,
  serviceAccount: 18,
  forbidden: 3,
  unauthenticated: 1,
  person: 5,
  deploy: 5,
  podCreate: 4,
  violation: 0.5,
  secret: 2,
  rbac: 0.7,
  exec: 0.7,
  notFound: 2.5,
  conflict: 1.5,
  probe: 2,
  throttled: 0.2,
  impersonation: 0.4,
  slow: 0.5,
};

function nodeOf(cast: Cast, name: string): Actor {
  return cast.nodes.find((node) => nodeName(node) === name)!;
}

function nodeName({ user }: Actor): string {
  return user.username!.slice('system:node:'.length);
}

function goSeconds(seconds: number): string {
  return `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}
