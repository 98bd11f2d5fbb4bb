import { bool, oneOf, text, url } from '../../fields/scalars.js';
import {
  block,
  checked,
  listOf,
  optional,
  required,
  struct,
  type Value,
  withDefault,
} from '../../fields/schema.js';
import { checkHttp, type HttpOptions, httpFields, plainHttp } from '../../http/http-options.js';
import { checkFieldSelector, checkLabelSelector } from './selector-syntax.js';

const role = oneOf('pod', 'node', 'service', 'endpoints', 'endpointslice', 'ingress');
export type Role = Value<typeof role>;

const selector = struct({
  role: optional(role),
  label: withDefault(checked(text, checkLabelSelector), ''),
  field: withDefault(checked(text, checkFieldSelector), ''),
});
export type Selector = Value<typeof selector>;

const attachMetadata = struct({
  node: withDefault(bool, false),
  namespace: withDefault(bool, false),
  deployment: withDefault(bool, false),
  job: withDefault(bool, false),
  cronjob: withDefault(bool, false),
});
export type AttachMetadata = Value<typeof attachMetadata>;

/** Which selectors a role knows: for its own objects, and for others that it takes labels from. */
const selectorRoles: Readonly<Record<Role, readonly Role[]>> = {
  pod: ['pod', 'node'],
  service: ['service'],
  endpointslice: ['pod', 'service', 'endpointslice'],
  endpoints: ['pod', 'service', 'endpoints'],
  node: ['node'],
  ingress: ['ingress'],
};

const options = struct({
  api_server: optional(url),
  role: required(role),
  kubeconfig_file: withDefault(text, ''),
  ...httpFields,
  namespaces: block(
    struct({ own_namespace: withDefault(bool, false), names: withDefault(listOf(text), []) }),
  ),
  selectors: withDefault(listOf(selector), []),
  attach_metadata: block(attachMetadata),
});
export type KubernetesOptions = Value<typeof options>;

/** An item of `kubernetes_sd_configs`. */
export const kubernetesOptions = checked(
  options,
  (given) => checkHttp(given) ?? checkServer(given) ?? checkSelectors(given),
);

/** The API server is the one of the cluster, the one in the file, or the one that is named: each has its own way to log in. */
function checkServer(options: KubernetesOptions): string | undefined {
  const { api_server: server, kubeconfig_file: file, namespaces } = options;
  const hasHttp = Object.keys(plainHttp).some((key) => {
    const name = key as keyof HttpOptions;
    return options[name] !== plainHttp[name];
  });
  if (server !== undefined && file !== '')
    return "cannot use 'kubeconfig_file' and 'api_server' simultaneously";
  if (file !== '' && hasHttp)
    return "cannot use a custom HTTP client configuration together with 'kubeconfig_file'";
  if (server === undefined && hasHttp)
    return "to use custom HTTP client configuration please provide the 'api_server' URL explicitly";
  if (server !== undefined && namespaces.own_namespace)
    return "cannot use 'api_server' and 'namespaces.own_namespace' simultaneously";
  if (file !== '' && namespaces.own_namespace)
    return "cannot use 'kubeconfig_file' and 'namespaces.own_namespace' simultaneously";
  return undefined;
}

function checkSelectors({ role, selectors }: KubernetesOptions): string | undefined {
  const seen = new Set<Role | undefined>();
  for (const { role: selected } of selectors) {
    if (seen.has(selected)) return `duplicated selector role: ${selected}`;
    seen.add(selected);
    const known = selectorRoles[role];
    if (selected === undefined || !known.includes(selected))
      return `${role} role supports only ${known.join(', ')} selectors`;
  }
  return undefined;
}
