import { Buffer } from 'node:buffer';
import { createSign, randomUUID } from 'node:crypto';
import type { OAuth2Options } from './oauth2-options.js';

const lifetimeSeconds = 600;

/** A signed statement that says who asks for a token (RFC 7523). `privateKey` is PEM. */
export function signAssertion(options: OAuth2Options, privateKey: string): string {
  const { client_id: clientId, client_certificate_key_id: keyId, scopes = [] } = options;
  const algorithm = options.signature_algorithm ?? 'RS256';
  const now = Math.floor(Date.now() / 1000);
  const header = { alg: algorithm, ...(keyId && { kid: keyId }), typ: 'JWT' };
  const claims = {
    iss: options.iss || clientId,
    sub: clientId,
    jti: randomUUID(),
    aud: options.audience || options.token_url!.href,
    iat: now,
    exp: now + lifetimeSeconds,
    ...(scopes.length > 0 && { scope: scopes.join(' ') }),
    ...Object.fromEntries(options.claims ?? []),
  };
  const signed = [header, claims].map(encode).join('.');
  const signature = createSign(algorithm.replace('RS', 'RSA-SHA'))
    .update(signed)
    .sign(privateKey, 'base64url');
  return `${signed}.${signature}`;
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
