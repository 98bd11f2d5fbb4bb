import { bool, text } from '../fields/scalars.js';
import { converted, type Decoded, listOf, mapOf, optional, withDefault } from '../fields/schema.js';
import { secret } from '../fields/secret.js';

/** Empty counts as none, for configs made from templates. */
const proxyUrl = converted(text, readProxyUrl, (value) => value && maskProxyPassword(value));

/** The proxy keys, which stand among others. */
export const proxyFields = {
  proxy_url: optional(proxyUrl),
  no_proxy: optional(text),
  // Shown only when it is on.
  proxy_from_environment: { ...withDefault(bool, false), print: (isOn: boolean) => isOn || undefined },
  proxy_connect_header: optional(mapOf(listOf(secret))),
};
export type ProxyOptions = Decoded<typeof proxyFields>;

/** What is wrong with the combination, if anything. */
export function checkProxy(options: ProxyOptions): string | undefined {
  const hasHeader = (options.proxy_connect_header?.size ?? 0) > 0;
  if (hasHeader && !options.proxy_from_environment && options.proxy_url === undefined)
    return 'if proxy_connect_header is configured, proxy_url or proxy_from_environment must also be configured';
  if (options.proxy_from_environment && options.proxy_url !== undefined)
    return 'if proxy_from_environment is configured, proxy_url must not be configured';
  const hasExceptions = (options.no_proxy ?? '') !== '';
  if (options.proxy_from_environment && hasExceptions)
    return 'if proxy_from_environment is configured, no_proxy must not be configured';
  if (options.proxy_url === undefined && hasExceptions)
    return 'if no_proxy is configured, proxy_url must also be configured';
  return undefined;
}

function readProxyUrl(value: string): URL | undefined {
  if (value === '') return undefined;
  const parsed = URL.parse(value);
  if (parsed !== null && /^https?:$/.test(parsed.protocol)) return parsed;
  if (parsed !== null && /^socks/.test(parsed.protocol)) throw new Error('a SOCKS proxy is not supported');
  throw new Error(`expected a URL such as http://proxy:3128, not ${JSON.stringify(value)}`);
}

function maskProxyPassword(value: URL): string {
  const masked = new URL(value);
  if (masked.password !== '') masked.password = 'xxxxx';
  return masked.href.replace(/\/$/, '');
}
