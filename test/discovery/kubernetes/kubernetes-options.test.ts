import { expect, it } from 'vitest';
import { readOptions } from './start-discovery.js';

it('takes all keys', () => {
  const [options] = readOptions(`
- role: endpoints
  api_server: https://kube.example:6443/
  bearer_token_file: /token
  tls_config: {ca_file: /ca, server_name: kube}
  namespaces: {names: [a, b]}
  selectors:
    - {role: pod, label: 'app in (a, b),tier!=x,!old,example.com/new', field: 'status.phase!=Failed'}
    - {role: service, field: 'metadata.name=a\\,b'}
  attach_metadata: {node: true, namespace: true, deployment: true, job: true, cronjob: true}
`);
  expect(options).toMatchObject({
    role: 'endpoints',
    namespaces: { own_namespace: false, names: ['a', 'b'] },
    attach_metadata: { node: true, cronjob: true },
  });
});

it.each([
  ['{}', "'role' is required"],
  ['{role: pods}', 'expected one of pod, node, service, endpoints, endpointslice, ingress, not "pods"'],
  ['{role: pod, nodes: x}', "unknown key 'nodes'"],
  [
    '{role: pod, api_server: "http://x", kubeconfig_file: y}',
    "cannot use 'kubeconfig_file' and 'api_server' simultaneously",
  ],
  [
    '{role: pod, kubeconfig_file: y, basic_auth: {username: a}}',
    "cannot use a custom HTTP client configuration together with 'kubeconfig_file'",
  ],
  ['{role: pod, bearer_token: a}', "please provide the 'api_server' URL explicitly"],
  [
    '{role: pod, api_server: "http://x", bearer_token: a, bearer_token_file: b}',
    'at most one of bearer_token & bearer_token_file must be configured',
  ],
  [
    '{role: pod, api_server: "http://x", namespaces: {own_namespace: true}}',
    "cannot use 'api_server' and 'namespaces.own_namespace' simultaneously",
  ],
  ['{role: node, selectors: [{role: pod}]}', 'node role supports only node selectors'],
  ['{role: pod, selectors: [{label: a}]}', 'pod role supports only pod, node selectors'],
  ['{role: pod, selectors: [{role: pod}, {role: pod}]}', 'duplicated selector role: pod'],
  ['{role: pod, selectors: [{role: pod, label: "a in b"}]}', 'unable to parse requirement: "a in b"'],
  ['{role: pod, selectors: [{role: pod, label: "a,=b"}]}', 'unable to parse requirement: "=b"'],
  ['{role: pod, selectors: [{role: pod, field: "spec.nodeName"}]}', 'can\'t understand "spec.nodeName"'],
])('refuses %s', (yaml, message) => {
  expect(() => readOptions(`[${yaml}]`)).toThrow(message);
});
