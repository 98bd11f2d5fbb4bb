import { text } from '../fields/scalars.js';
import { converted, type Schema } from '../fields/schema.js';

/** Where to listen; host '' is every address, port 0 any free one. */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** `0.0.0.0:1514`, `[::1]:1514`, `:1514`; an empty text is a free port on every address. */
export const listenAddress: Schema<ListenAddress> = converted(text, parseListenAddress, ({ host, port }) =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`,
);

function parseListenAddress(address: string): ListenAddress {
  if (address === '') return { host: '', port: 0 };
  const match = /^(?:\[([^\]]*)\]|([^:[\]]*)):(\d{0,5})$/.exec(address);
  const port = Number(match?.[3] ?? Number.NaN);
  if (match === null || port > 65535) {
    throw new Error(`expected an address such as 0.0.0.0:1514, not ${JSON.stringify(address)}`);
  }
  return { host: match[1] ?? match[2]!, port };
}

/** The address of a peer; one of IPv4 as such, where the socket speaks both. */
export function peerAddress(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:(?=\d+\.)/, '');
}
