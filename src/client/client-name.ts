import { fingerprint } from '../fields/fingerprint.js';
import { ConfigError } from '../fields/problems.js';
import type { ClientOptions } from './client-options.js';

/** The configured name, else six digits that stand for the whole config. */
export function clientName(options: ClientOptions): string {
  if (options.name !== undefined && options.name !== '') return options.name;
  return fingerprint(options).slice(0, 6);
}

/** Refuses configs that no agent can run with, in Promtail's words. */
export function checkClients(clients: readonly ClientOptions[]): void {
  if (clients.length === 0) throw new ConfigError('at least one client config must be provided');
  const names = new Set<string>();
  for (const client of clients) {
    const name = clientName(client);
    if (names.has(name)) {
      throw new ConfigError(`duplicate client configs are not allowed, found duplicate for name: ${name}`);
    }
    names.add(name);
  }
}
