import { anyClient } from '../client/any-client.js';
import { type Endpoint, endpoint } from '../client/client-options.js';
import type { ClientOptions } from '../client/kinds.js';
import { type LokiOptions, lokiOptionsWith } from '../client/loki.js';
import { block, type Field, listOf, printValue, type Schema, withDefault } from '../fields/schema.js';

export const clients: Schema<ClientOptions[]> = listOf(anyClient);

/** Stands for the URL of a single client that has none, as it is not meant to be a client. */
const nowhere: Endpoint = { url: new URL('http://nowhere'), host: '' };
const withoutUrl = lokiOptionsWith(withDefault(endpoint, nowhere));

/** The old `client` block, and what the -client.* flags fill. Its labels count even when it has no URL. */
export const singleClient: Field<LokiOptions> = {
  ...block(withoutUrl),
  print: (client) =>
    hasUrl(client)
      ? printValue(withoutUrl, client)
      : { ...(printValue(withoutUrl, client) as object), url: '' },
};

/** Whether the single client is one. */
export function hasUrl(client: LokiOptions): boolean {
  return client.url !== nowhere;
}
