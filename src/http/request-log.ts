import type { IncomingMessage } from 'node:http';
import type { Logger } from 'pino';
import { formatGoDuration } from '../go/duration.js';
import type { ListenerConfig } from './listener-schema.js';
import { sourceAddresses } from './source-addresses.js';

/** Never logged, as they carry credentials. */
const secretHeaders = ['cookie', 'x-csrf-token', 'authorization', 'x-grafana-id', 'x-access-token'];

/** Logs each request once it is answered: at debug, or at info when so configured; what failed is a warning. */
export function requestLog(
  config: ListenerConfig,
  log: Logger,
): (request: IncomingMessage, status: number, seconds: number) => void {
  const hidden = new Set([...secretHeaders, ...list(config.log_request_exclude_headers_list)]);
  const source = config.log_source_ips_enabled ? sourceAddresses(config) : undefined;
  const usual = config.log_request_at_info_level_enabled ? 'info' : 'debug';
  return (request, status, seconds) => {
    const level = status < 500 || status === 502 || status === 503 ? usual : 'warn';
    const shown = {
      ...(source === undefined ? {} : { sourceIPs: source(request) }),
      ...(config.log_request_headers ? { headers: printHeaders(request, hidden) } : {}),
    };
    log[level](shown, `${request.method} ${request.url} (${status}) ${formatGoDuration(seconds * 1000)}`);
  };
}

function printHeaders(request: IncomingMessage, hidden: ReadonlySet<string>): string {
  return Object.entries(request.headersDistinct)
    .filter(([name]) => !hidden.has(name))
    .flatMap(([name, values = []]) => values.map((value) => `${name}: ${value}`))
    .join('; ');
}

function list(text: string): string[] {
  return text.split(',').map((name) => name.trim().toLowerCase());
}
