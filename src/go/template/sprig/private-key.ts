import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { derInteger, derParts, derSequence } from './der.js';
import { pemBlock } from './pem.js';

/** A new private key as PEM; rsa when no kind is given. An unknown kind is what the text says. */
export function generatePrivateKey(kind: string): string {
  switch (kind) {
    case '':
    case 'rsa':
      return privateKeyPem(newRsaKey(4096));
    case 'dsa':
      return privateKeyPem(
        generateKeyPairSync('dsa', { modulusLength: 2048, divisorLength: 256 }).privateKey,
      );
    case 'ecdsa':
      return privateKeyPem(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
    case 'ed25519':
      return privateKeyPem(generateKeyPairSync('ed25519').privateKey);
  }
  return `Unknown type ${kind}`;
}

export function newRsaKey(bits: number): KeyObject {
  return generateKeyPairSync('rsa', { modulusLength: bits }).privateKey;
}

/** Throws when the PEM holds no private key. */
export function parsePrivateKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (error) {
    throw new Error(`parsing private key: ${(error as Error).message}`, { cause: error });
  }
}

/** Each kind in the format of old that is its own; Ed25519 has none. */
export function privateKeyPem(key: KeyObject): string {
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return key.export({ type: 'pkcs1', format: 'pem' }).toString();
    case 'ec':
      return key.export({ type: 'sec1', format: 'pem' }).toString();
    case 'dsa':
      return pemBlock('DSA PRIVATE KEY', dsaKey(key));
  }
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** Version, p, q, g, y and x in a row, which the platform no longer writes. */
function dsaKey(key: KeyObject): Buffer {
  const [outer] = derParts(key.export({ type: 'pkcs8', format: 'der' }));
  const [, algorithm, secret] = derParts(outer!);
  const [, parameters] = derParts(algorithm!);
  const [publicOuter] = derParts(createPublicKey(key).export({ type: 'spki', format: 'der' }));
  const [, publicBits] = derParts(publicOuter!);
  const [y] = derParts(publicBits!.subarray(1));
  const [x] = derParts(secret!);
  return derSequence(...[Uint8Array.of(0), ...derParts(parameters!), y!, x!].map(derInteger));
}
