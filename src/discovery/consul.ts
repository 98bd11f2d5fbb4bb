import { text } from '../fields/scalars.js';
import { checked, listOf, optional, struct, type Value, withDefault } from '../fields/schema.js';
import { checkHttp, httpFields, withBearerAsAuthorization } from '../http/http-options.js';
import { ConsulDiscovery, type ConsulQueries } from './consul/consul-discovery.js';
import { basicAuth, checkConsulUrl, consulFields, consulUrl, isWanted } from './consul/consul-fields.js';
import { ConsulServer, type ConsulServerOptions, type Query } from './consul/consul-server.js';
import { type Instance, serviceTarget } from './consul/service-target.js';
import type { DiscoveryKind } from './discoverer.js';

const options = checked(
  struct({
    ...consulFields,
    path_prefix: withDefault(text, ''),
    namespace: withDefault(text, ''),
    partition: withDefault(text, ''),
    filter: withDefault(text, ''),
    health_filter: withDefault(text, ''),
    ...httpFields,
  }),
  (given) => {
    const hasOwnLogin = given.username !== '' || given.password !== undefined;
    if (hasOwnLogin && given.basic_auth !== undefined)
      return 'at most one of consul SD configuration username and password and basic auth can be configured';
    if (given.token !== undefined && (given.authorization !== undefined || given.oauth2 !== undefined))
      return 'at most one of consul SD token, authorization, or oauth2 can be configured';
    return checkConsulUrl(given.server, given.scheme) ?? checkHttp(given);
  },
);
type Options = Value<typeof options>;

const prefix = '__meta_consul_';

/** `consul_sd_configs`: the services that Consul's catalog has. */
export const consulConfigs: DiscoveryKind<Options[]> = {
  name: 'consul_sd_configs',
  field: optional(listOf(options)),
  build: (list, deps) =>
    list.map((each) => {
      const { services, refresh_interval: refreshMs } = each;
      const server = new ConsulServer(serverOptions(each), deps);
      return new ConsulDiscovery({ services, refreshMs }, queriesOf(each, server), server, deps.log);
    }),
};

function serverOptions(options: Options): ConsulServerOptions {
  const { server, scheme, path_prefix, token, basic_auth, username, password } = options;
  return {
    url: consulUrl(server, scheme, path_prefix),
    token: token?.reveal() ?? '',
    scope: scopeOf(options),
    http: {
      ...withBearerAsAuthorization(options),
      basic_auth: basic_auth ?? basicAuth(username, password),
    },
  };
}

function queriesOf(options: Options, server: ConsulServer): ConsulQueries {
  const { services, tags, filter, health_filter, datacenter, tag_separator: separator } = options;
  const common = [
    ...(options.allow_stale ? [['stale', ''] as const] : []),
    ...[...options.node_meta].map(([name, value]) => ['node-meta', `${name}:${value}`] as const),
  ];
  // Services that are named and not filtered need no catalog.
  const needsNames = services.length === 0 || tags.length > 0 || filter !== '';
  const catalog = server.blocking('/v1/catalog/services', [...common, ...optionalPair('filter', filter)]);
  const names: Query<ReadonlySet<string>> = async (signal) => {
    const found = (await catalog(signal)) as Record<string, string[]> | undefined;
    if (found === undefined) return undefined;
    return new Set(Object.keys(found).filter((name) => isWanted(options, name, found[name]!)));
  };
  return {
    datacenter: async (signal) => datacenter || (await server.ownDatacenter(signal)),
    names: needsNames ? names : undefined,
    service: (name, dc) => {
      const labels = new Map([
        [`${prefix}service`, name],
        [`${prefix}dc`, dc],
      ]);
      const health = server.blocking(`/v1/health/service/${encodeURIComponent(name)}`, [
        ...common,
        ...optionalPair('filter', health_filter),
        ...tags.map((tag) => ['tag', tag] as const),
      ]);
      return async (signal) => {
        const instances = (await health(signal)) as Instance[] | undefined;
        return instances && { labels, targets: instances.map((each) => serviceTarget(each, separator)) };
      };
    },
  };
}

function scopeOf({ datacenter, namespace, partition }: Options): Record<string, string> {
  return Object.fromEntries([
    ...optionalPair('dc', datacenter),
    ...optionalPair('ns', namespace),
    ...optionalPair('partition', partition),
  ]);
}

function optionalPair(name: string, value: string): (readonly [string, string])[] {
  return value === '' ? [] : [[name, value]];
}
