import { BlockList, isIP } from 'node:net';
import type { ProxyOptions } from './proxy-options.js';

/** Which proxy a request to this URL goes through; undefined for none. */
export type ChooseProxy = (target: URL) => URL | undefined;

/** The proxy as Go's net/http chooses it: from the options, or from these environment variables when they say so. */
export function proxyChoice(
  options: ProxyOptions,
  environment: Readonly<Record<string, string | undefined>>,
): ChooseProxy {
  if (options.proxy_from_environment) return proxyFromEnvironment(environment);
  const { proxy_url: proxy, no_proxy: exceptions = '' } = options;
  if (proxy === undefined) return () => undefined;
  // Without exceptions, loopback addresses go through the proxy too.
  return exceptions === '' ? () => proxy : withExceptions({ 'http:': proxy, 'https:': proxy }, exceptions);
}

function proxyFromEnvironment(environment: Readonly<Record<string, string | undefined>>): ChooseProxy {
  const variable = (name: string) => environment[name] || environment[name.toLowerCase()] || '';
  const proxies = {
    'http:': parseProxy(variable('HTTP_PROXY')),
    'https:': parseProxy(variable('HTTPS_PROXY')),
  };
  return withExceptions(proxies, variable('NO_PROXY'));
}

function withExceptions(proxies: Readonly<Record<string, URL | undefined>>, exceptions: string): ChooseProxy {
  const isException = exceptionTest(exceptions);
  return (target) => {
    const host = target.hostname.replace(/^\[(.*)\]$/, '$1');
    const port = target.port || (target.protocol === 'https:' ? '443' : '80');
    return isLoopback(host) || isException(host, port) ? undefined : proxies[target.protocol];
  };
}

/** A URL, or a bare host and port. */
function parseProxy(text: string): URL | undefined {
  if (text === '') return undefined;
  const parsed = URL.parse(text);
  return (parsed !== null && parsed.host !== '' ? parsed : URL.parse(`http://${text}`)) ?? undefined;
}

type ExceptionTest = (host: string, port: string) => boolean;

/** NO_PROXY: `*`, addresses, networks (`10.0.0.0/8`) and domains, which stand for what is below them too; all with an optional port. */
function exceptionTest(list: string): ExceptionTest {
  const parts = list
    .split(',')
    .map((part) => part.trim().toLowerCase())
    .filter((part) => part !== '');
  if (parts.includes('*')) return () => true;
  const tests = parts.map((part) => networkTest(part) ?? hostTest(part));
  return (host, port) => tests.some((test) => test(host, port));
}

function networkTest(part: string): ExceptionTest | undefined {
  const [, address, prefix] = /^(.+)\/(\d+)$/.exec(part) ?? [];
  const family = isIP(address ?? '');
  if (address === undefined || family === 0 || Number(prefix) > (family === 4 ? 32 : 128)) return undefined;
  const network = new BlockList();
  network.addSubnet(address, Number(prefix), family === 4 ? 'ipv4' : 'ipv6');
  return (host) => isIP(host) !== 0 && network.check(host, isIP(host) === 4 ? 'ipv4' : 'ipv6');
}

function hostTest(part: string): ExceptionTest {
  const [, bracketed, plain, wantedPort] = /^(?:\[(.*)\]|([^:]*))(?::(\d+))?$/.exec(part) ?? [];
  const wanted = bracketed ?? plain ?? part;
  if (wanted === '') return () => false;
  const isRightPort = (port: string) => wantedPort === undefined || wantedPort === port;
  if (isIP(wanted) !== 0) return (host, port) => host === wanted && isRightPort(port);
  const name = wanted.replace(/^\*\./, '.');
  const suffix = name.startsWith('.') ? name : `.${name}`;
  return (host, port) =>
    isIP(host) === 0 && (host.endsWith(suffix) || (suffix !== name && host === name)) && isRightPort(port);
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || loopback.check(host, isIP(host) === 6 ? 'ipv6' : 'ipv4');
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');
