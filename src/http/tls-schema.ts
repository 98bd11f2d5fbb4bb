import { oneOf, text } from '../fields/scalars.js';
import { checked, type Field, optional, struct, type Value, withDefault } from '../fields/schema.js';
import { type Secret, secret } from '../fields/secret.js';

export const clientAuthType = oneOf(
  '',
  'NoClientCert',
  'RequestClientCert',
  'RequireAnyClientCert',
  'VerifyClientCertIfGiven',
  'RequireAndVerifyClientCert',
);
export const tlsVersion = oneOf('', 'VersionTLS10', 'VersionTLS11', 'VersionTLS12', 'VersionTLS13');

/** Shown as `key: null` when there is none. */
const key: Field<Secret | undefined> = {
  ...optional(secret),
  print: (value) => (value === undefined ? null : String(value)),
};

const fields = struct({
  cert: withDefault(text, ''),
  key,
  client_ca: withDefault(text, ''),
  cert_file: withDefault(text, ''),
  key_file: withDefault(text, ''),
  client_auth_type: withDefault(clientAuthType, ''),
  client_ca_file: withDefault(text, ''),
});

/** `http_tls_config` of a listener: TLS is on once a certificate and a key are given, each as PEM text or as a file. */
export type ServerTls = Value<typeof fields>;

export const serverTls = checked(fields, problem);

/** The rules over several keys. */
function problem(tls: ServerTls): string | undefined {
  if (tls.cert !== '' && tls.cert_file !== '') return 'cert and cert_file are mutually exclusive';
  if (tls.key !== undefined && tls.key_file !== '') return 'key and key_file are mutually exclusive';
  if (tls.client_ca !== '' && tls.client_ca_file !== '')
    return 'client_ca and client_ca_file are mutually exclusive';
  const asksNothing = tls.client_auth_type === '' || tls.client_auth_type === 'NoClientCert';
  if (asksNothing && (tls.client_ca !== '' || tls.client_ca_file !== ''))
    return "client CA's have been configured without a client_auth_type that asks for certificates";
  return undefined;
}

/** Whether the listener speaks TLS. */
export function isTlsOn(tls: ServerTls): boolean {
  return (tls.cert !== '' || tls.cert_file !== '') && (tls.key !== undefined || tls.key_file !== '');
}
