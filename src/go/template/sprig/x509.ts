import {
  createHash,
  createPublicKey,
  type KeyObject,
  randomBytes,
  sign,
  type X509Certificate,
} from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import * as der from './der.js';
import { pemBlock } from './pem.js';

/** What a new certificate says. */
export interface CertificateRequest {
  readonly commonName: string;
  readonly addresses: readonly string[];
  readonly hosts: readonly string[];
  readonly days: number;
  readonly isAuthority: boolean;
  readonly now: number;
}

/** Who signs it: another certificate, or nobody for one that signs itself. */
export interface Signer {
  readonly certificate: X509Certificate | undefined;
  readonly key: KeyObject;
}

/** A certificate for `key`, as PEM. */
export function createCertificate(request: CertificateRequest, key: KeyObject, signer: Signer): string {
  const algorithm = signatureAlgorithm(signer.key);
  const name = commonName(request.commonName);
  const content = der.derSequence(
    der.derTagged(0, der.derInteger(Uint8Array.of(2)), true),
    der.derInteger(randomBytes(16)),
    algorithm.identifier,
    signer.certificate === undefined ? name : subjectOf(signer.certificate),
    der.derSequence(der.derTime(request.now), der.derTime(request.now + request.days * 86_400_000)),
    name,
    createPublicKey(key).export({ type: 'spki', format: 'der' }),
    der.derTagged(3, der.derSequence(...extensions(request, key, signer)), true),
  );
  const signature = sign(algorithm.hash, content, signer.key);
  return pemBlock('CERTIFICATE', der.derSequence(content, algorithm.identifier, der.derBits(signature)));
}

function signatureAlgorithm(key: KeyObject): { identifier: Buffer; hash: string | null } {
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return {
        identifier: der.derSequence(der.derIdentifier('1.2.840.113549.1.1.11'), der.derNull()),
        hash: 'sha256',
      };
    case 'ec':
      return { identifier: der.derSequence(der.derIdentifier('1.2.840.10045.4.3.2')), hash: 'sha256' };
    case 'ed25519':
      return { identifier: der.derSequence(der.derIdentifier('1.3.101.112')), hash: null };
  }
  throw new Error(`a ${key.asymmetricKeyType} key cannot sign certificates`);
}

function commonName(name: string): Buffer {
  if (name === '') return der.derSequence();
  return der.derSequence(der.derSet(der.derSequence(der.derIdentifier('2.5.4.3'), der.derText(name))));
}

/** The fields of the signed part are version, serial number, algorithm, issuer, validity, subject. */
function subjectOf(certificate: X509Certificate): Buffer {
  const [outer] = der.derParts(certificate.raw);
  const [content] = der.derParts(outer!);
  const parts = der.derParts(content!);
  const isVersioned = content![0] === 0xa0;
  return der.derSequence(parts[isVersioned ? 5 : 4]!);
}

function extensions(request: CertificateRequest, key: KeyObject, signer: Signer): Buffer[] {
  // The bits digitalSignature and keyEncipherment, for authorities keyCertSign too.
  const usage = request.isAuthority
    ? der.derBits(Uint8Array.of(0xa4), 2)
    : der.derBits(Uint8Array.of(0xa0), 5);
  const serverAndClient = ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'].map(der.derIdentifier);
  const list = [
    extension('2.5.29.15', true, usage),
    extension('2.5.29.37', false, der.derSequence(...serverAndClient)),
    extension('2.5.29.19', true, der.derSequence(...(request.isAuthority ? [der.derBoolean(true)] : []))),
  ];
  if (request.isAuthority) list.push(extension('2.5.29.14', false, der.derOctets(keyIdentifier(key))));
  if (signer.certificate !== undefined) {
    const identifier = keyIdentifier(signer.key);
    list.push(extension('2.5.29.35', false, der.derSequence(der.derTagged(0, identifier, false))));
  }
  const names = alternativeNames(request);
  if (names.length > 0) list.push(extension('2.5.29.17', false, der.derSequence(...names)));
  return list;
}

function extension(identifier: string, isCritical: boolean, value: Buffer): Buffer {
  const critical = isCritical ? [der.derBoolean(true)] : [];
  return der.derSequence(der.derIdentifier(identifier), ...critical, der.derOctets(value));
}

function keyIdentifier(key: KeyObject): Buffer {
  const [outer] = der.derParts(createPublicKey(key).export({ type: 'spki', format: 'der' }));
  const [, bits] = der.derParts(outer!);
  return createHash('sha256').update(bits!.subarray(1)).digest().subarray(0, 20);
}

function alternativeNames({ hosts, addresses }: CertificateRequest): Buffer[] {
  return [
    ...hosts.map((host) => der.derTagged(2, Buffer.from(host), false)),
    ...addresses.map((address) => der.derTagged(7, addressBytes(address), false)),
  ];
}

function addressBytes(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number));
  if (!isIPv6(address)) throw new Error(`error parsing ip: ${address}`);
  // As a URL the address is written without an IPv4 tail.
  const groups = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const [before = [], after = []] = groups.map((half) => half.split(':').filter((group) => group !== ''));
  const zeros = new Array<string>(8 - before.length - after.length).fill('0');
  const bytes = Buffer.alloc(16);
  for (const [index, group] of [...before, ...zeros, ...after].entries()) {
    bytes.writeUInt16BE(Number.parseInt(group, 16), index * 2);
  }
  return bytes;
}
