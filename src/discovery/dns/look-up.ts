import { Resolver } from 'node:dns/promises';
import { candidateNames, readResolvConf } from './resolv-conf.js';

export type RecordType = 'SRV' | 'A' | 'AAAA' | 'MX' | 'NS';

/** A host that a record names. */
export interface DnsRecord {
  readonly host: string;
  /** Only some records have one. */
  readonly port?: number;
  /** Meta labels that are of this type of record alone. */
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * The records of a name, tried with the domains that resolv.conf says. None when a server says that there are none; throws an
 * Error when none of them says so.
 */
export async function lookUp(
  name: string,
  type: RecordType,
  resolvConf: string,
  signal: AbortSignal,
): Promise<DnsRecord[]> {
  // Read each time, as it may change under a program that runs for months.
  const config = await readResolvConf(resolvConf);
  const resolver = new Resolver();
  resolver.setServers(config.servers);
  const cancel = () => resolver.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  let failure: unknown;
  try {
    for (const candidate of candidateNames(name, config)) {
      try {
        return await ask(resolver, candidate, type);
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        // The name is there, without records of this type.
        if (code === 'ENODATA') return [];
        if (code !== 'ENOTFOUND') failure = error;
      }
    }
  } finally {
    signal.removeEventListener('abort', cancel);
  }
  if (failure === undefined) return [];
  throw new Error(`could not resolve ${JSON.stringify(name)}: ${(failure as Error).message}`, {
    cause: failure,
  });
}

async function ask(resolver: Resolver, name: string, type: RecordType): Promise<DnsRecord[]> {
  switch (type) {
    case 'A':
      return (await resolver.resolve4(name)).map((host) => ({ host, labels: {} }));
    case 'AAAA':
      return (await resolver.resolve6(name)).map((host) => ({ host, labels: {} }));
    case 'SRV':
      return (await resolver.resolveSrv(name)).map(({ name: host, port }) => ({
        host,
        port,
        labels: {
          __meta_dns_srv_record_target: rooted(host),
          __meta_dns_srv_record_port: String(port),
        },
      }));
    case 'MX':
      return (await resolver.resolveMx(name)).map(({ exchange: host }) => ({
        host,
        labels: { __meta_dns_mx_record_target: rooted(host) },
      }));
    case 'NS':
      return (await resolver.resolveNs(name)).map((host) => ({
        host,
        labels: { __meta_dns_ns_record_target: rooted(host) },
      }));
  }
}

/** As the record has it; Node leaves the last dot out. */
function rooted(host: string): string {
  return `${host}.`;
}
