import { fingerprint } from '../fields/fingerprint.js';
import { ConfigError } from '../fields/problems.js';

/** As much of a client's config as its name needs: that, and whatever tells it from others. */
export interface NamedOptions {
  readonly name: string | undefined;
}

/** The configured name, else six digits that stand for the whole config. */
export function clientName(options: NamedOptions): string {
  if (options.name !== undefined && options.name !== '') return options.name;
  return fingerprint(options).slice(0, 6);
}

/** Refuses configs that no agent can run with, in Promtail's words. */
export function checkClients(clients: readonly NamedOptions[]): void {
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
