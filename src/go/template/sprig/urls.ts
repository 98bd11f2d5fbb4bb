import { type FunctionTable, fn } from '../functions.js';
import { type Dict, kindName, type Value } from '../values.js';
import { type GoUrl, hostnameOf, parseGoUrl, type UserInfo } from './go-url.js';
import { escapePart } from './url-escapes.js';

export const urlFunctions: FunctionTable = {
  urlJoin: fn(['dict'], joinUrl),
  urlParse: fn(['string'], (text) => urlDict(parseGoUrl(text))),
};

function urlDict(url: GoUrl): Dict {
  return new Map<string, Value>([
    ['fragment', url.fragment],
    ['host', url.host],
    ['hostname', hostnameOf(url.host)],
    ['opaque', url.opaque],
    ['path', url.path],
    ['query', url.query],
    ['scheme', url.scheme],
    ['userinfo', url.user === undefined ? '' : userText(url.user)],
  ]);
}

function userText({ name, password }: UserInfo): string {
  const escaped = escapePart(name, 'user');
  return password === undefined ? escaped : `${escaped}:${escapePart(password, 'user')}`;
}

/** Go's URL.String of the parts a dict has. */
function joinUrl(parts: Dict): string {
  const [scheme, host, path, query] = ['scheme', 'host', 'path', 'query'].map((key) => textOf(parts, key));
  const fragment = escapePart(textOf(parts, 'fragment'), 'fragment');
  const opaque = textOf(parts, 'opaque');
  const userinfo = textOf(parts, 'userinfo');
  const user = userinfo === '' ? undefined : parseGoUrl(`proto://${userinfo}@host`).user;
  const start = scheme === '' ? '' : `${scheme}:`;
  const rest =
    opaque ||
    authority(scheme!, host!, path!, user) + pathText(path!, host!, start !== '' || user !== undefined);
  return start + rest + (query === '' ? '' : `?${query}`) + (fragment === '' ? '' : `#${fragment}`);
}

function textOf(parts: Dict, key: string): string {
  const value = parts.get(key);
  if (!parts.has(key)) return '';
  if (typeof value !== 'string') throw new Error(`${key} must be a string, not a ${kindName(value)}`);
  return value;
}

function authority(scheme: string, host: string, path: string, user: UserInfo | undefined): string {
  if (host === '' && user === undefined && (scheme === '' || path === '')) return '';
  return `//${user === undefined ? '' : `${userText(user)}@`}${escapePart(host, 'host')}`;
}

function pathText(path: string, host: string, hasStart: boolean): string {
  const escaped = path === '*' ? path : escapePart(path, 'path');
  if (escaped !== '' && !escaped.startsWith('/') && host !== '') return `/${escaped}`;
  // Else the first part would be taken for a scheme.
  const needsDot = !hasStart && host === '' && escaped.split('/')[0]!.includes(':');
  return needsDot ? `./${escaped}` : escaped;
}
