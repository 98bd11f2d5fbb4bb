import { readFile } from 'node:fs/promises';

export interface ResolvConf {
  readonly servers: readonly string[];
  readonly search: readonly string[];
  /** A name with as many dots is tried as it is before the domains are. */
  readonly ndots: number;
}

/** Throws an Error when there is no such file. */
export async function readResolvConf(path: string): Promise<ResolvConf> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new Error(`could not load resolv.conf: ${(cause as Error).message}`, { cause });
  }
  return parseResolvConf(text);
}

export function parseResolvConf(text: string): ResolvConf {
  const servers: string[] = [];
  let search: string[] = [];
  let ndots = 1;
  for (const line of text.split('\n')) {
    const [keyword, ...values] = line.trim().split(/\s+/);
    if (keyword === 'nameserver' && values[0] !== undefined) servers.push(values[0]);
    else if (keyword === 'domain') search = values.slice(0, 1);
    else if (keyword === 'search') search = values;
    else if (keyword === 'options')
      for (const value of values) ndots = Number(/^ndots:(\d+)$/.exec(value)?.[1] ?? ndots);
  }
  // As resolv.conf(5) has it when none is named.
  if (servers.length === 0) servers.push('127.0.0.1');
  return { servers, search: search.filter((domain) => domain !== '.'), ndots };
}

/** The names to try, in this order. One that ends with a dot is complete. */
export function candidateNames(name: string, { search, ndots }: ResolvConf): string[] {
  if (name.endsWith('.')) return [name.slice(0, -1)];
  const inDomains = search.map((domain) => `${name}.${domain.replace(/\.$/, '')}`);
  const dots = name.split('.').length - 1;
  return dots >= ndots ? [name, ...inDomains] : [...inDomains, name];
}
