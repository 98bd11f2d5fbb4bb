import { X509Certificate } from 'node:crypto';
import { createSecureContext, getCACertificates, type SecureVersion } from 'node:tls';
import { readText, textSource } from './secret-text.js';
import type { TlsOptions } from './tls-options.js';

/** What node:tls and undici are told to connect with. */
export interface TlsSettings {
  readonly ca?: string[];
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
  readonly minVersion?: SecureVersion;
  readonly maxVersion?: SecureVersion;
  readonly ciphers?: string;
}

const versions = { TLS10: 'TLSv1', TLS11: 'TLSv1.1', TLS12: 'TLSv1.2', TLS13: 'TLSv1.3' } as const;

/** Reads the certificates as they are now. Throws an Error that says what cannot be read or used. */
export async function readTls(options: TlsOptions | undefined): Promise<TlsSettings> {
  const ca = await readPart('CA cert', textSource(options?.ca, options?.ca_file));
  const cert = await readPart('client cert', textSource(options?.cert, options?.cert_file));
  const key = await readPart('client key', textSource(options?.key, options?.key_file));
  const { server_name, insecure_skip_verify, min_version, max_version } = options ?? {};
  const isOld = min_version === 'TLS10' || min_version === 'TLS11';
  return {
    ca: ca === undefined ? systemTrust() : [ca],
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(server_name !== undefined && server_name !== '' && { servername: server_name }),
    ...(insecure_skip_verify === true && { rejectUnauthorized: false }),
    minVersion: versions[min_version ?? 'TLS12'],
    ...(max_version !== undefined && { maxVersion: versions[max_version] }),
    // OpenSSL's default security level has no cipher left for TLS before 1.2.
    ...(isOld && { ciphers: 'DEFAULT:@SECLEVEL=0' }),
  };
}

/** Throws when a certificate or key is not one, or they do not belong together. */
export function checkTls({ ca, cert, key }: TlsSettings): void {
  // Node takes a CA that is none, and then trusts nobody.
  if (ca !== undefined && !ca.some(holdsCertificate)) throw new Error('unable to use specified CA cert');
  createSecureContext({ ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) });
}

export function isSameTls(a: TlsSettings, b: TlsSettings): boolean {
  return a.cert === b.cert && a.key === b.key && a.ca?.[0] === b.ca?.[0];
}

function holdsCertificate(pem: string): boolean {
  return (pem.match(/-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/gs) ?? []).some((block) => {
    try {
      return new X509Certificate(block).subject !== undefined;
    } catch {
      return false;
    }
  });
}

async function readPart(what: string, source: ReturnType<typeof textSource>): Promise<string | undefined> {
  return source === undefined ? undefined : readText(source, what);
}

/** What the machine trusts, as Go has it, and what Node brings along, for images without certificates. */
function systemTrust(): string[] {
  return [...getCACertificates('system'), ...getCACertificates('default')];
}
