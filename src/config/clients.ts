import { checkClients } from '../client/client-name.js';
import {
  type ClientOptions,
  clientDefaults,
  clientOptions,
  clientOptionsFrom,
  type Endpoint,
} from '../client/client-options.js';
import { ConfigError, type Problems } from '../fields/problems.js';
import { block, type Field, listOf, printValue, type Schema } from '../fields/schema.js';
import type { Config } from './schema.js';

export const clients: Schema<ClientOptions[]> = listOf(clientOptions);

/** Stands for the URL of a single client that has none, as it is not meant to be a client. */
const nowhere: Endpoint = { url: new URL('http://nowhere'), host: '' };
const withoutUrl = clientOptionsFrom({ ...clientDefaults, url: nowhere });

/** The old `client` block, and what the -client.* flags fill. Its labels count even when it has no URL. */
export const singleClient: Field<ClientOptions> = {
  ...block(withoutUrl),
  print: (client) =>
    client.url === nowhere
      ? { ...(printValue(withoutUrl, client) as object), url: '' }
      : printValue(withoutUrl, client),
};

/** The items of `clients` and the single client, whose external labels go to all of them but lose against their own. */
export function allClients({ client, clients }: Config): ClientOptions[] {
  const all = client.url === nowhere ? clients : [...clients, client];
  return all.map((each) => ({
    ...each,
    external_labels: new Map([...client.external_labels, ...each.external_labels]),
  }));
}

/** What is wrong with the clients together. When only the syntax is checked, flags may still bring one. */
export function checkAllClients(config: Config, problems: Problems, onlySyntax: boolean): void {
  const all = allClients(config);
  if (config.client.url !== nowhere)
    problems.warnGeneral("the 'client' block and -client.* flags are deprecated, use 'clients'");
  try {
    if (all.length > 0 || !onlySyntax) checkClients(all);
    else problems.warnGeneral('there are no clients: nothing can be sent unless flags name one');
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    problems.addGeneral(error.message);
  }
}
