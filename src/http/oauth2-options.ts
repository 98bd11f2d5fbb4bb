import type { ConfigNode } from '../fields/node.js';
import type { Problems } from '../fields/problems.js';
import { oneOf, text, url } from '../fields/scalars.js';
import { checked, listOf, mapOf, optional, type Schema, struct, type Value } from '../fields/schema.js';
import { secret } from '../fields/secret.js';
import { resolveScalar } from '../fields/yaml-scalar.js';
import { countGiven } from './count-given.js';
import { checkProxy, proxyFields } from './proxy-options.js';
import { noSecretManager, tlsOptions } from './tls-options.js';

export const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** Any YAML, as Go decodes it into an `interface{}`. */
const anything: Schema<unknown> = { decode: decodeAnything };

/** `oauth2`, in the order in which it is printed. */
export const oauth2Options = checked(
  struct({
    client_id: optional(text),
    client_secret: optional(secret),
    client_secret_file: optional(text),
    client_secret_ref: noSecretManager,
    client_certificate_key_id: optional(text),
    client_certificate_key: optional(secret),
    client_certificate_key_file: optional(text),
    client_certificate_key_ref: noSecretManager,
    grant_type: optional(oneOf('client_credentials', jwtBearer)),
    signature_algorithm: optional(oneOf('RS256', 'RS384', 'RS512')),
    iss: optional(text),
    audience: optional(text),
    claims: optional(mapOf(anything)),
    scopes: optional(listOf(text)),
    token_url: optional(url),
    endpoint_params: optional(mapOf(text)),
    tls_config: optional(tlsOptions),
    ...proxyFields,
  }),
  (options) => {
    if (countGiven(options.client_id) === 0) return 'oauth2 client_id must be configured';
    if (options.token_url === undefined) return 'oauth2 token_url must be configured';
    if (options.grant_type === jwtBearer) {
      if (countGiven(options.client_certificate_key, options.client_certificate_key_file) > 1)
        return `at most one of oauth2 client_certificate_key, client_certificate_key_file & client_certificate_key_ref must be configured using grant-type=${jwtBearer}`;
    } else if (countGiven(options.client_secret, options.client_secret_file) > 1) {
      return 'at most one of oauth2 client_secret, client_secret_file & client_secret_ref must be configured using grant-type=client_credentials';
    }
    return checkProxy(options);
  },
);
export type OAuth2Options = Value<typeof oauth2Options>;

function decodeAnything(node: ConfigNode, problems: Problems): unknown {
  switch (node.shape) {
    case 'null':
      return null;
    case 'scalar':
      return resolveScalar(node);
    case 'list':
      return node.items().map((item) => decodeAnything(item, problems));
    case 'map':
      return Object.fromEntries(
        node.pairs(problems).map(({ key, value }) => [key, decodeAnything(value, problems)]),
      );
  }
}
