import {
  type ClientOptions,
  clientOptions,
  clientOptionsWith,
  type Endpoint,
  endpoint,
} from '../client/client-options.js';
import { block, type Field, listOf, printValue, type Schema, withDefault } from '../fields/schema.js';

export const clients: Schema<ClientOptions[]> = listOf(clientOptions);

/** Stands for the URL of a single client that has none, as it is not meant to be a client. */
const nowhere: Endpoint = { url: new URL('http://nowhere'), host: '' };
const withoutUrl = clientOptionsWith(withDefault(endpoint, nowhere));

/** The old `client` block, and what the -client.* flags fill. Its labels count even when it has no URL. */
export const singleClient: Field<ClientOptions> = {
  ...block(withoutUrl),
  print: (client) =>
    hasUrl(client)
      ? printValue(withoutUrl, client)
      : { ...(printValue(withoutUrl, client) as object), url: '' },
};

/** Whether the single client is one. */
export function hasUrl(client: ClientOptions): boolean {
  return client.url !== nowhere;
}
