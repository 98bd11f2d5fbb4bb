import { oneOf, text } from '../fields/scalars.js';
import { checked, optional, struct, type Value, withDefault } from '../fields/schema.js';
import { secret } from '../fields/secret.js';

export const clientAuthType = oneOf(
  '',
  'NoClientCert',
  'RequestClientCert',
  'RequireAnyClientCert',
  'VerifyClientCertIfGiven',
  'RequireAndVerifyClientCert',
);
export const tlsVersion = oneOf('', 'VersionTLS10', 'VersionTLS11', 'VersionTLS12', 'VersionTLS13');

const fields = struct({
  cert: withDefault(text, ''),
  key: { ...optional(secret), print: (value) => (value === undefined ? null : String(value)) },
  client_ca: withDefault(text, ''),
  cert_file: withDefault(text, ''),
  key_file: withDefault(text, ''),
  client_auth_type: withDefault(clientAuthType, ''),
  client_ca_file: withDefault(text, ''),
});

/** `http_tls_config` of a listener: TLS is on once a certificate and a key are given, each as PEM text or as a file. */
export type ServerTls = Value<typeof fields>;

export const serverTls = checked(fields, (tls) => serverTlsProblem(tls));

/** The rules over several keys, which flags may also break. */
export function serverTlsProblem(tls: ServerTls): string | undefined {
  if (tls.cert !== '' && tls.cert_file !== '') return 'cert and cert_file are mutually exclusive';
  if (tls.key !== undefined && tls.key_file !== '') return 'key and key_file are mutually exclusive';
  if (tls.client_ca !== '' && tls.client_ca_file !== '')
    return 'client_ca and client_ca_file are mutually exclusive';
  return undefined;
}

/** Whether the listener speaks TLS. */
export function isTlsOn(tls: ServerTls): boolean {
  return (tls.cert !== '' || tls.cert_file !== '') && (tls.key !== undefined || tls.key_file !== '');
}
