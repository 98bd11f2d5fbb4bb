import type { ClientConfig } from '../client/client-schema.js';
import type { Problems } from '../fields/problems.js';
import { Secret } from '../fields/secret.js';
import type { Config } from './schema.js';

/** The items of `clients` and the single `client`, whose external labels go to all of them but lose against their own. */
export function allClients({ client, clients }: Config): ClientConfig[] {
  const all = client.url === undefined ? clients : [...clients, client];
  return all.map((each) => ({
    ...each,
    external_labels: new Map([...client.external_labels, ...each.external_labels]),
  }));
}

/** What is wrong with the clients together, in Promtail's words. */
export function checkClients(config: Config, problems: Problems): void {
  const clients = allClients(config);
  if (clients.length === 0) problems.addGeneral('at least one client config must be provided');
  const seen = new Set<string>();
  for (const [index, client] of clients.entries()) {
    if (client.url === undefined) problems.addGeneral(`clients[${index}]: client needs target URL`);
    const identity = client.name === '' ? JSON.stringify(client, revealing) : client.name;
    if (seen.has(identity)) {
      const name = client.name === '' ? `clients[${index}]` : client.name;
      problems.addGeneral(`duplicate client configs are not allowed, found duplicate for name: ${name}`);
    }
    seen.add(identity);
  }
}

/** All that tells two clients apart, secrets included; never shown to anybody. */
function revealing(_: string, value: unknown): unknown {
  if (value instanceof Secret) return value.reveal();
  return value instanceof Map ? [...value] : value;
}
