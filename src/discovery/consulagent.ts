import { checked, listOf, optional, struct, type Value } from '../fields/schema.js';
import { plainHttp } from '../http/http-options.js';
import { tlsOptions } from '../http/tls-options.js';
import { hostPort, sanitized } from '../relabel/meta-labels.js';
import { ConsulDiscovery, type ConsulQueries } from './consul/consul-discovery.js';
import { basicAuth, checkConsulUrl, consulFields, consulUrl, isWanted } from './consul/consul-fields.js';
import { ConsulServer, type ConsulServerOptions, type Query } from './consul/consul-server.js';
import type { DiscoveryKind } from './discoverer.js';

const options = checked(struct({ ...consulFields, tls_config: optional(tlsOptions) }), (given) =>
  checkConsulUrl(given.server, given.scheme),
);
type Options = Value<typeof options>;

/** A service as its agent tells it. */
interface AgentService {
  readonly ID: string;
  readonly Service: string;
  readonly Address: string;
  readonly Port: number;
  readonly Tags?: readonly string[] | null;
  readonly Meta?: Readonly<Record<string, string>> | null;
  readonly TaggedAddresses?: Readonly<Record<string, { Address: string; Port: number }>> | null;
}

/** What an agent tells of itself. */
interface Self {
  readonly Config: { readonly NodeName: string };
  readonly Member: { readonly Addr: string };
  readonly Meta?: Readonly<Record<string, unknown>> | null;
}

const prefix = '__meta_consulagent_';
/** `consulagent_sd_configs`: the services of one agent, which is asked at each interval and nobody else. */
export const consulAgentConfigs: DiscoveryKind<Options[]> = {
  name: 'consulagent_sd_configs',
  field: optional(listOf(options)),
  build: (list, deps) =>
    list.map((each) => {
      const { services, refresh_interval: refreshMs } = each;
      const server = new ConsulServer(serverOptions(each), deps);
      return new ConsulDiscovery({ services, refreshMs }, queriesOf(each, server), server, deps.log);
    }),
};

function serverOptions(options: Options): ConsulServerOptions {
  const { server, scheme, token, datacenter, tls_config, username, password } = options;
  return {
    url: consulUrl(server, scheme, ''),
    token: token?.reveal() ?? '',
    scope: datacenter === '' ? {} : { dc: datacenter },
    http: { ...plainHttp, tls_config, basic_auth: basicAuth(username, password) },
  };
}

function queriesOf(options: Options, server: ConsulServer): ConsulQueries {
  const { services, tags, datacenter, tag_separator: separator } = options;
  const names: Query<ReadonlySet<string>> = async (signal) => {
    const { body } = await server.get('/v1/agent/services', [], signal);
    const found = Object.values(body as Record<string, AgentService>);
    const wanted = found.filter(({ Service, Tags }) => isWanted(options, Service, Tags ?? []));
    return new Set(wanted.map(({ Service }) => Service));
  };
  return {
    datacenter: async (signal) => datacenter || (await server.ownDatacenter(signal)),
    names: services.length === 0 || tags.length > 0 ? names : undefined,
    service: (name, dc) => async (signal) => {
      const path = `/v1/agent/health/service/name/${encodeURIComponent(name)}`;
      const health = await server.get(path, [['format', 'json']], signal, [200, 404, 429, 503]);
      const self = (await server.get('/v1/agent/self', [], signal)).body as Self;
      const found = (health.body ?? []) as { readonly Service: AgentService }[];
      return {
        labels: new Map([
          [`${prefix}service`, name],
          [`${prefix}dc`, dc],
        ]),
        targets: found.map(({ Service }) => targetOf(Service, self, healthOf(health.status), separator)),
      };
    },
  };
}

/** The status of an answer tells how a service is. */
function healthOf(status: number): string {
  return status === 200 ? 'passing' : status === 429 ? 'warning' : 'critical';
}

function targetOf(service: AgentService, self: Self, health: string, separator: string): Map<string, string> {
  const { Addr: nodeAddress } = self.Member;
  const port = String(service.Port);
  const target = new Map([
    ['__address__', hostPort(service.Address || nodeAddress, port)],
    [`${prefix}address`, nodeAddress],
    [`${prefix}node`, self.Config.NodeName],
    [`${prefix}tags`, `${separator}${(service.Tags ?? []).join(separator)}${separator}`],
    [`${prefix}service_address`, service.Address],
    [`${prefix}service_port`, port],
    [`${prefix}service_id`, service.ID],
    [`${prefix}health`, health],
  ]);
  for (const [name, value] of Object.entries(self.Meta ?? {}))
    if (typeof value === 'string') target.set(`${prefix}metadata_${sanitized(name)}`, value);
  for (const [name, value] of Object.entries(service.Meta ?? {}))
    target.set(`${prefix}service_metadata_${sanitized(name)}`, value);
  for (const [name, { Address, Port }] of Object.entries(service.TaggedAddresses ?? {}))
    target.set(`${prefix}tagged_address_${sanitized(name)}`, hostPort(Address, Port));
  return target;
}
