import { checkClients } from '../client/client-name.js';
import type { ClientOptions } from '../client/kinds.js';
import type { ClientLimits } from '../client/line-limit.js';
import { ConfigError, type Problems } from '../fields/problems.js';
import { hasUrl } from './client-blocks.js';
import type { Config } from './schema.js';

/** The items of `clients` and the single client, whose external labels go to all of them but lose against their own. */
export function allClients({ client, clients }: Config): ClientOptions[] {
  const all = hasUrl(client) ? [...clients, client] : clients;
  return all.map((each) => ({
    ...each,
    external_labels: new Map([...client.external_labels, ...each.external_labels]),
  }));
}

/** `limits_config`, as far as it is about what clients send. */
export function clientLimitsOf({ limits_config: limits }: Config): ClientLimits {
  const { max_line_size, max_line_size_truncate, max_streams } = limits;
  return {
    maxLineSize: max_line_size,
    maxLineSizeTruncate: max_line_size_truncate,
    maxStreams: max_streams,
  };
}

/** What is wrong with the clients together. When only the syntax is checked, flags may still bring one. */
export function checkAllClients(config: Config, problems: Problems, onlySyntax: boolean): void {
  const all = allClients(config);
  if (hasUrl(config.client))
    problems.warnGeneral("the 'client' block and -client.* flags are deprecated, use 'clients'");
  try {
    if (all.length > 0 || !onlySyntax) checkClients(all);
    else problems.warnGeneral('there are no clients: nothing can be sent unless flags name one');
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    problems.addGeneral(error.message);
  }
}
