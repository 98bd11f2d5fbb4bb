import { isIPv6 } from 'node:net';
import { unescapePart } from './url-escapes.js';

/** The parts of a URL as Go's url.Parse takes it apart; those that may hold escapes are without them. */
export interface GoUrl {
  readonly scheme: string;
  readonly opaque: string;
  readonly user: UserInfo | undefined;
  readonly host: string;
  readonly path: string;
  readonly query: string;
  readonly fragment: string;
}

export interface UserInfo {
  readonly name: string;
  readonly password: string | undefined;
}

/** Throws for what Go refuses. */
export function parseGoUrl(text: string): GoUrl {
  const [before, fragment] = cut(text, '#');
  if (/[\x00-\x1f\x7f]/.test(before)) throw new Error('invalid control character in URL');
  const { scheme, rest } = splitScheme(before);
  const [hierarchy, query] = cut(rest, '?');
  const url = { ...noUrl, scheme, query, fragment: unescapePart(fragment, 'fragment') };
  if (before === '*') return { ...url, path: '*' };
  if (!hierarchy.startsWith('/')) {
    // Without a slash there is no host, and what follows a scheme is left as it is.
    if (scheme !== '') return { ...url, opaque: hierarchy };
    if (cut(hierarchy, '/')[0].includes(':'))
      throw new Error('first path segment in URL cannot contain colon');
  }
  const hasAuthority = hierarchy.startsWith('//') && (scheme !== '' || !hierarchy.startsWith('///'));
  if (!hasAuthority) return { ...url, path: unescapePart(hierarchy, 'path') };
  const slash = hierarchy.indexOf('/', 2);
  const authority = slash < 0 ? hierarchy.slice(2) : hierarchy.slice(2, slash);
  const path = unescapePart(slash < 0 ? '' : hierarchy.slice(slash), 'path');
  return { ...url, ...parseAuthority(scheme, authority), path };
}

function parseUserInfo(text: string): UserInfo {
  if (!/^[\w.:~!$&'()*+,;=%@-]*$/.test(text)) throw new Error('invalid userinfo');
  const [name, password] = cut(text, ':');
  return {
    name: unescapePart(name, 'user'),
    password: text.includes(':') ? unescapePart(password, 'user') : undefined,
  };
}

/** The host without port and brackets. */
export function hostnameOf(host: string): string {
  const withoutPort = host.replace(/:\d*$/, '');
  return /^\[.*\]$/.test(withoutPort) ? withoutPort.slice(1, -1) : withoutPort;
}

const noUrl: GoUrl = { scheme: '', opaque: '', user: undefined, host: '', path: '', query: '', fragment: '' };

function cut(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + separator.length)];
}

function splitScheme(text: string): { scheme: string; rest: string } {
  if (text.startsWith(':')) throw new Error('missing protocol scheme');
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(text)?.[1];
  if (scheme === undefined) return { scheme: '', rest: text };
  return { scheme: scheme.toLowerCase(), rest: text.slice(scheme.length + 1) };
}

function parseAuthority(scheme: string, authority: string): Pick<GoUrl, 'user' | 'host'> {
  const at = authority.lastIndexOf('@');
  const host = parseHost(scheme, authority.slice(at + 1));
  return { user: at < 0 ? undefined : parseUserInfo(authority.slice(0, at)), host };
}

function parseHost(scheme: string, host: string): string {
  const bracket = host.lastIndexOf('[');
  if (bracket > 0) throw new Error('invalid IP-literal');
  if (bracket === 0) return parseLiteral(host);
  // Lists of hosts, as databases have them, are let pass but with http.
  const isStrict = scheme === 'http' || scheme === 'https';
  const colon = isStrict ? host.indexOf(':') : host.lastIndexOf(':');
  if (colon >= 0) checkPort(host.slice(colon));
  return unescapePart(host, 'host');
}

function parseLiteral(host: string): string {
  const close = host.lastIndexOf(']');
  if (close < 0) throw new Error("missing ']' in host");
  checkPort(host.slice(close + 1));
  const [address, zone] = cut(host.slice(1, close), '%25');
  const plain = unescapePart(address, 'host') + (zone === '' ? '' : `%${unescapePart(zone, 'host')}`);
  if (!isIPv6(plain)) throw new Error(`invalid host ${host}`);
  return `[${plain}]${host.slice(close + 1)}`;
}

function checkPort(port: string): void {
  if (port !== '' && !/^:\d*$/.test(port)) throw new Error(`invalid port ${JSON.stringify(port)} after host`);
}
