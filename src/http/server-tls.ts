import { unwatchFile, watchFile } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { SecureVersion, TLSSocket, TlsOptions } from 'node:tls';
import { openSslCiphers } from './cipher-suites.js';
import type { ListenerConfig } from './listener-schema.js';
import type { ServerTls } from './tls-schema.js';

const versions: Record<string, SecureVersion> = {
  VersionTLS10: 'TLSv1',
  VersionTLS11: 'TLSv1.1',
  VersionTLS12: 'TLSv1.2',
  VersionTLS13: 'TLSv1.3',
};

/** Reads certificates and keys. Throws an Error that names the file which cannot be read. */
export async function loadServerTls(config: ListenerConfig): Promise<TlsOptions> {
  const { http_tls_config: tls, tls_cipher_suites, tls_min_version } = config;
  const [cert, key, ca] = await Promise.all([
    pem(tls.cert, tls.cert_file),
    pem(tls.key?.reveal() ?? '', tls.key_file),
    pem(tls.client_ca, tls.client_ca_file),
  ]);
  const asks = tls.client_auth_type;
  return {
    cert,
    key,
    ...(ca === undefined ? {} : { ca }),
    ...(tls_cipher_suites === '' ? {} : { ciphers: openSslCiphers(tls_cipher_suites) }),
    minVersion: versions[tls_min_version] ?? 'TLSv1.2',
    requestCert: asks !== '' && asks !== 'NoClientCert',
    rejectUnauthorized: asks === 'RequireAndVerifyClientCert',
  };
}

/** Whether the client may stay, for the rules between none and all that TLS itself knows. */
export function mayConnect(socket: TLSSocket, tls: ServerTls): boolean {
  const hasCertificate = Object.keys(socket.getPeerCertificate() ?? {}).length > 0;
  if (tls.client_auth_type === 'RequireAnyClientCert') return hasCertificate;
  if (tls.client_auth_type === 'VerifyClientCertIfGiven') return !hasCertificate || socket.authorized;
  return true;
}

/** Calls `changed` when a certificate or key is written anew. Returns how to stop. */
export function watchServerTls(tls: ServerTls, changed: () => void): () => void {
  const files = [tls.cert_file, tls.key_file, tls.client_ca_file].filter((file) => file !== '');
  for (const file of files) watchFile(file, { persistent: false, interval: 1000 }, changed);
  return () => {
    for (const file of files) unwatchFile(file, changed);
  };
}

async function pem(text: string, file: string): Promise<string | Buffer | undefined> {
  if (file !== '') return readFile(file);
  return text === '' ? undefined : text;
}
