import { expect, it } from 'vitest';
import { readExample } from './read-example.js';

interface Policy {
  apiVersion: string;
  kind: string;
  omitStages: string[];
  rules: Rule[];
}

interface Rule {
  level: string;
  users?: string[];
  userGroups?: string[];
  verbs?: string[];
  namespaces?: string[];
  resources?: { group?: string; resources?: string[] }[];
  nonResourceURLs?: string[];
}

interface Request {
  user?: string;
  groups?: string[];
  verb: string;
  group?: string;
  resource?: string;
  namespace?: string;
  url?: string;
}

const policy = readExample('kubeadm/audit-policy.yaml')[0] as Policy;

it('is a policy the server accepts', () => {
  expect([policy.apiVersion, policy.kind]).toEqual(['audit.k8s.io/v1', 'Policy']);
  const known = ['None', 'Metadata', 'Request', 'RequestResponse'];
  for (const rule of policy.rules) {
    expect(known).toContain(rule.level);
    expect(rule.resources !== undefined && rule.nonResourceURLs !== undefined).toBe(false);
    for (const url of rule.nonResourceURLs ?? []) expect(url).toMatch(/^\/[^*]*\*?$/);
  }
});

it('omits no stage but the first: a failed authentication has ResponseStarted only', () => {
  expect(policy.omitStages).toEqual(['RequestReceived']);
});

it.each<[string, Request, level: string]>([
  [
    'a heartbeat',
    {
      user: 'system:node:wrk-01',
      groups: ['system:nodes'],
      verb: 'update',
      group: 'coordination.k8s.io',
      resource: 'leases',
      namespace: 'kube-node-lease',
    },
    'None',
  ],
  [
    'a leader election',
    {
      user: 'system:kube-scheduler',
      verb: 'update',
      group: 'coordination.k8s.io',
      resource: 'leases',
      namespace: 'kube-system',
    },
    'None',
  ],
  [
    "a person's lease",
    { user: 'dev', verb: 'update', group: 'coordination.k8s.io', resource: 'leases', namespace: 'shop' },
    'RequestResponse',
  ],
  ['a probe', { verb: 'get', url: '/livez/ping' }, 'None'],
  ['metrics', { user: 'prometheus', verb: 'get', url: '/metrics' }, 'Metadata'],
  [
    'an event written',
    {
      user: 'system:node:wrk-01',
      groups: ['system:nodes'],
      verb: 'create',
      resource: 'events',
      namespace: 'shop',
    },
    'None',
  ],
  [
    'events deleted',
    { user: 'dev', verb: 'deletecollection', resource: 'events', namespace: 'shop' },
    'Metadata',
  ],
  ['a secret read', { user: 'dev', verb: 'get', resource: 'secrets', namespace: 'shop' }, 'Metadata'],
  ['a secret written', { user: 'dev', verb: 'create', resource: 'secrets', namespace: 'shop' }, 'Metadata'],
  ['a configmap', { user: 'dev', verb: 'patch', resource: 'configmaps', namespace: 'shop' }, 'Metadata'],
  [
    'a token made',
    { user: 'dev', verb: 'create', resource: 'serviceaccounts/token', namespace: 'shop' },
    'Metadata',
  ],
  [
    'a token checked',
    { user: 'dev', verb: 'create', group: 'authentication.k8s.io', resource: 'tokenreviews' },
    'Metadata',
  ],
  [
    'a certificate asked for',
    { user: 'dev', verb: 'create', group: 'certificates.k8s.io', resource: 'certificatesigningrequests' },
    'Metadata',
  ],
  ['a shell in a pod', { user: 'dev', verb: 'get', resource: 'pods/exec', namespace: 'shop' }, 'Metadata'],
  [
    'a role bound',
    { user: 'dev', verb: 'create', group: 'rbac.authorization.k8s.io', resource: 'clusterrolebindings' },
    'RequestResponse',
  ],
  [
    'a webhook changed',
    {
      user: 'dev',
      verb: 'patch',
      group: 'admissionregistration.k8s.io',
      resource: 'mutatingwebhookconfigurations',
    },
    'RequestResponse',
  ],
  ['a pod made', { user: 'dev', verb: 'create', resource: 'pods', namespace: 'shop' }, 'Request'],
  [
    'a deployment changed',
    { user: 'dev', verb: 'patch', group: 'apps', resource: 'deployments', namespace: 'shop' },
    'RequestResponse',
  ],
  ['pods listed', { user: 'dev', verb: 'list', resource: 'pods', namespace: 'shop' }, 'Request'],
  [
    'a node status',
    { user: 'system:node:wrk-01', groups: ['system:nodes'], verb: 'patch', resource: 'nodes/status' },
    'Request',
  ],
  [
    'a custom resource',
    { user: 'dev', verb: 'create', group: 'example.org', resource: 'widgets', namespace: 'shop' },
    'Metadata',
  ],
])('%s', (_, request, level) => {
  expect(levelOf(request)).toBe(level);
});

/** The rules as the server reads them: the first that fits in every field it has. */
function levelOf(request: Request): string {
  return policy.rules.find((rule) => fits(rule, request))?.level ?? 'None';
}

function fits(
  rule: Rule,
  { user = '', groups = [], verb, group = '', resource, namespace = '', url }: Request,
) {
  if (rule.users && !rule.users.includes(user)) return false;
  if (rule.userGroups && !rule.userGroups.some((name) => groups.includes(name))) return false;
  if (rule.verbs && !rule.verbs.includes(verb)) return false;
  if (rule.namespaces && !rule.namespaces.includes(namespace)) return false;
  if (rule.resources) {
    return (
      resource !== undefined &&
      rule.resources.some(
        (wanted) => (wanted.group ?? '') === group && (wanted.resources?.includes(resource) ?? true),
      )
    );
  }
  if (rule.nonResourceURLs) {
    return rule.nonResourceURLs.some((wanted) =>
      wanted.endsWith('*') ? url?.startsWith(wanted.slice(0, -1)) : url === wanted,
    );
  }
  return true;
}
