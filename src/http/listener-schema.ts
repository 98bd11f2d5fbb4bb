import { bool, duration, int, offOnly, oneOf, text } from '../fields/scalars.js';
import { block, checked, struct, type Value, withDefault } from '../fields/schema.js';
import { compileGoRegexp } from '../go/regexp/go-regexp.js';
import { cipherSuites } from './cipher-suites.js';
import { serverTls, tlsVersion } from './tls-schema.js';

const network = oneOf('', 'tcp', 'tcp4', 'tcp6', 'unix');
const regex = checked(text, (source) => {
  try {
    compileGoRegexp(source);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
});
const pathPrefix = checked(text, (value) =>
  value === '' || value.startsWith('/') ? undefined : 'expected a path that begins with a slash',
);
const forever = 2 ** 63 / 1e6;
const port = checked(int, (value) =>
  value >= 0 && value <= 65535 ? undefined : 'expected a port, 0 to 65535',
);
const noClusters = 'there is no cluster to validate requests against';

const clusterValidation = struct({
  label: withDefault(text, ''),
  grpc: block(
    struct({
      enabled: withDefault(offOnly(noClusters), false),
      soft_validation: withDefault(offOnly(noClusters), false),
    }),
  ),
  http: block(
    struct({
      enabled: withDefault(offOnly(noClusters), false),
      soft_validation: withDefault(offOnly(noClusters), false),
      excluded_paths: withDefault(text, ''),
      excluded_user_agents: withDefault(text, ''),
    }),
  ),
});

/**
 * The keys of a `server` block that say how to listen: the agent's own, and those of targets that are pushed to. The grpc_* keys
 * are read so that a config can stay as it is: Promtail opens a gRPC listener that offers nothing, the agent opens none.
 */
export function listenerFields(defaultPort: number) {
  return {
    http_listen_network: withDefault(network, 'tcp'),
    http_listen_address: withDefault(text, ''),
    http_listen_port: withDefault(port, defaultPort),
    http_listen_conn_limit: withDefault(int, 0),
    grpc_listen_network: withDefault(text, 'tcp'),
    grpc_listen_address: withDefault(text, ''),
    grpc_listen_port: withDefault(port, defaultPort === 0 ? 0 : 9095),
    grpc_listen_conn_limit: withDefault(int, 0),
    grpc_collect_max_streams_by_conn: withDefault(bool, true),
    proxy_protocol_enabled: withDefault(offOnly('the listener does not speak the PROXY protocol'), false),
    tls_cipher_suites: withDefault(cipherSuites, ''),
    tls_min_version: withDefault(tlsVersion, ''),
    http_tls_config: block(serverTls),
    grpc_tls_config: block(serverTls),
    register_instrumentation: withDefault(bool, true),
    report_grpc_codes_in_instrumentation_label_enabled: withDefault(bool, false),
    graceful_shutdown_timeout: withDefault(duration, 30_000),
    http_server_read_timeout: withDefault(duration, 30_000),
    http_server_read_header_timeout: withDefault(duration, 0),
    http_server_write_timeout: withDefault(duration, 30_000),
    http_server_idle_timeout: withDefault(duration, 120_000),
    http_log_closed_connections_without_response_enabled: withDefault(bool, false),
    grpc_server_max_recv_msg_size: withDefault(int, 4 << 20),
    grpc_server_max_send_msg_size: withDefault(int, 4 << 20),
    grpc_server_max_concurrent_streams: withDefault(int, 100),
    grpc_server_max_connection_idle: withDefault(duration, forever),
    grpc_server_max_connection_age: withDefault(duration, forever),
    grpc_server_max_connection_age_grace: withDefault(duration, forever),
    grpc_server_keepalive_time: withDefault(duration, 7_200_000),
    grpc_server_keepalive_timeout: withDefault(duration, 20_000),
    grpc_server_min_time_between_pings: withDefault(duration, 300_000),
    grpc_server_ping_without_stream_allowed: withDefault(bool, false),
    grpc_server_num_workers: withDefault(int, 0),
    grpc_server_stats_tracking_enabled: withDefault(bool, true),
    grpc_server_recv_buffer_pools_enabled: withDefault(bool, false),
    log_format: withDefault(text, 'logfmt'),
    log_level: withDefault(oneOf('debug', 'info', 'warn', 'error'), 'info'),
    log_source_ips_enabled: withDefault(bool, false),
    log_source_ips_full: withDefault(bool, false),
    log_source_ips_header: withDefault(text, ''),
    log_source_ips_regex: withDefault(regex, ''),
    log_request_headers: withDefault(bool, false),
    log_request_at_info_level_enabled: withDefault(bool, false),
    log_request_exclude_headers_list: withDefault(text, ''),
    trace_request_headers: withDefault(offOnly('no traces are made'), false),
    trace_request_exclude_headers_list: withDefault(text, ''),
    http_path_prefix: withDefault(pathPrefix, ''),
    cluster_validation: block(clusterValidation),
  };
}

const listener = struct(listenerFields(0));

/** How to listen and what to log of requests. */
export type ListenerConfig = Value<typeof listener>;

/** The `server` block of a target that is pushed to. */
export const listenerSchema = checked(listener, listenerProblem);

/** The rules over several keys. */
export function listenerProblem(config: ListenerConfig): string | undefined {
  if ((config.log_source_ips_header === '') === (config.log_source_ips_regex === '')) return undefined;
  return 'log_source_ips_header and log_source_ips_regex go together: either both or neither';
}
