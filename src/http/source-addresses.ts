import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { compileGoRegexp } from '../go/regexp/go-regexp.js';
import type { ListenerConfig } from './listener-schema.js';

type Source = (request: IncomingMessage) => string;

/** Tells where a request came from: what proxies say in its headers, then the other end of the connection. */
export function sourceAddresses(config: ListenerConfig): Source {
  const listed = config.log_source_ips_header === '' ? byUsualHeaders : byOwnHeader(config);
  return (request) => {
    const all = listed(request);
    const said = (config.log_source_ips_full ? all : all.slice(0, 1)).map(withoutPort).join(', ');
    const remote = request.socket.remoteAddress ?? '';
    return said === '' || said === remote ? remote : [said, remote].filter((part) => part !== '').join(', ');
  };
}

function byUsualHeaders(request: IncomingMessage): string[] {
  const forwarded = header(request, 'forwarded');
  if (forwarded !== '')
    return [...forwarded.matchAll(/for= *"?([^;,]+?)"? *(?=[;,]|$)/gi)].map((match) => match[1]!);
  const realIp = header(request, 'x-real-ip');
  if (realIp !== '') return [realIp];
  return header(request, 'x-forwarded-for')
    .split(',')
    .map((part) => part.trim().replaceAll('"', ''))
    .filter((part) => part !== '');
}

function byOwnHeader(config: ListenerConfig): (request: IncomingMessage) => string[] {
  const regex = compileGoRegexp(config.log_source_ips_regex);
  return (request) => {
    const value = header(request, config.log_source_ips_header.toLowerCase());
    return [...regex.matchAll(value)].flatMap(([, , start = -1, end]) =>
      start < 0 ? [] : [value.slice(start, end)],
    );
  };
}

function header(request: IncomingMessage, name: string): string {
  return [request.headers[name] ?? ''].flat().join(', ');
}

function withoutPort(address: string): string {
  if (isIP(address) !== 0) return address;
  return /^\[(.*)\](?::[0-9]+)?$/.exec(address)?.[1] ?? address.replace(/:[0-9]+$/, '');
}
