import { bool, oneOf, text } from '../fields/scalars.js';
import { checked, type Decoded, optional, struct, unsupported, withDefault } from '../fields/schema.js';
import { secret } from '../fields/secret.js';
import { countGiven } from './count-given.js';

const version = oneOf('TLS10', 'TLS11', 'TLS12', 'TLS13');
export const noSecretManager = unsupported('there is no secret manager to look it up in');

/** The keys of `tls_config`, in the order in which they are printed. Kafka's login has them among its own. */
export const tlsFields = {
  ca: optional(text),
  cert: optional(text),
  key: optional(secret),
  ca_file: optional(text),
  cert_file: optional(text),
  key_file: optional(text),
  ca_ref: noSecretManager,
  cert_ref: noSecretManager,
  key_ref: noSecretManager,
  server_name: optional(text),
  insecure_skip_verify: withDefault(bool, false),
  min_version: optional(version),
  max_version: optional(version),
};
export type TlsOptions = Decoded<typeof tlsFields>;

export const tlsOptions = checked(struct(tlsFields), checkTlsOptions);

/** What is wrong with the combination of keys, if anything. */
export function checkTlsOptions(tls: TlsOptions): string | undefined {
  if (countGiven(tls.ca, tls.ca_file) > 1) return 'at most one of ca, ca_file & ca_ref must be configured';
  const certs = countGiven(tls.cert, tls.cert_file);
  if (certs > 1) return 'at most one of cert, cert_file & cert_ref must be configured';
  const keys = countGiven(tls.key, tls.key_file);
  if (keys > 1) return 'at most one of key and key_file must be configured';
  if (certs > keys)
    return 'exactly one of key or key_file must be configured when a client certificate is configured';
  if (keys > certs)
    return 'exactly one of cert or cert_file must be configured when a client key is configured';
  const { min_version: min, max_version: max } = tls;
  if (min !== undefined && max !== undefined && max < min) {
    return 'tls_config.max_version must be greater than or equal to tls_config.min_version if both are specified';
  }
  return undefined;
}

/** No key given. */
export const plainTls: TlsOptions = {
  ca: undefined,
  cert: undefined,
  key: undefined,
  ca_file: undefined,
  cert_file: undefined,
  key_file: undefined,
  ca_ref: undefined,
  cert_ref: undefined,
  key_ref: undefined,
  server_name: undefined,
  insecure_skip_verify: false,
  min_version: undefined,
  max_version: undefined,
};
