import { bool, oneOf, prometheusDuration, text } from '../../fields/scalars.js';
import { type Decoded, listOf, mapOf, optional, withDefault } from '../../fields/schema.js';
import { type Secret, secret } from '../../fields/secret.js';

/** The keys that servers and agents have in common. */
export const consulFields = {
  server: withDefault(text, 'localhost:8500'),
  token: optional(secret),
  datacenter: withDefault(text, ''),
  tag_separator: withDefault(text, ','),
  scheme: withDefault(oneOf('http', 'https'), 'http'),
  username: withDefault(text, ''),
  password: optional(secret),
  allow_stale: withDefault(bool, true),
  refresh_interval: withDefault(prometheusDuration, 30_000),
  services: withDefault(listOf(text), []),
  tags: withDefault(listOf(text), []),
  node_meta: withDefault(mapOf(text), new Map<string, string>()),
};
export type ConsulFields = Decoded<typeof consulFields>;

/** Where Consul is. An https address wins over the scheme. Throws an Error when it is not one. */
export function consulUrl(server: string, scheme: string, pathPrefix: string): URL {
  const [, given, rest = ''] = /^(?:([a-z]+):\/\/)?(.*)$/s.exec(server.trim()) ?? [];
  if (rest === '') throw new Error('Consul discovery requires a server address');
  if (given === 'unix') throw new Error('not supported: a Unix socket as the server');
  const url = URL.parse(`${given === 'https' ? 'https' : scheme}://${rest}`);
  if (url === null || (given !== undefined && !/^https?$/.test(given)))
    throw new Error(`expected an address such as localhost:8500, not ${JSON.stringify(server)}`);
  if (url.pathname === '/' && pathPrefix !== '') url.pathname = pathPrefix;
  return url;
}

/** What is wrong with the address, if anything. */
export function checkConsulUrl(server: string, scheme: string): string | undefined {
  try {
    consulUrl(server, scheme, '');
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** A user and password of Consul's own keys. */
export function basicAuth(username: string, password: Secret | undefined) {
  if (username === '' && password === undefined) return undefined;
  return {
    username,
    username_file: undefined,
    username_ref: undefined,
    password,
    password_file: undefined,
    password_ref: undefined,
  };
}

/** Whether a service with these tags is to be watched. */
export function isWanted(
  { services, tags }: Pick<ConsulFields, 'services' | 'tags'>,
  name: string,
  ownTags: readonly string[],
): boolean {
  return (services.length === 0 || services.includes(name)) && tags.every((tag) => ownTags.includes(tag));
}
