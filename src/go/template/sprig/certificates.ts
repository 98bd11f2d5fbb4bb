import { type KeyObject, X509Certificate } from 'node:crypto';
import { type FunctionTable, fn } from '../functions.js';
import { List, typeName } from '../values.js';
import { decodeBase64 } from './base64.js';
import { Certificate } from './certificate.js';
import { generatePrivateKey, newRsaKey, parsePrivateKey, privateKeyPem } from './private-key.js';
import { createCertificate, type Signer } from './x509.js';

export function certificateFunctions(now: () => number): FunctionTable {
  const make = (options: Partial<NewCertificate> & { commonName: string; days: number }) =>
    makeCertificate({ addresses: noNames, hosts: noNames, isAuthority: false, now: now(), ...options });
  return {
    buildCustomCert: fn(['string', 'string'], customCertificate),
    genCA: fn(['string', 'int'], (commonName, days) => make({ commonName, days, isAuthority: true })),
    genCAWithKey: fn(['string', 'int', 'string'], (commonName, days, pem) =>
      make({ commonName, days, isAuthority: true, key: parsePrivateKey(pem) }),
    ),
    genPrivateKey: fn(['string'], generatePrivateKey),
    genSelfSignedCert: fn(['string', 'list', 'list', 'int'], (commonName, addresses, hosts, days) =>
      make({ commonName, addresses, hosts, days }),
    ),
    genSelfSignedCertWithKey: fn(
      ['string', 'list', 'list', 'int', 'string'],
      (commonName, addresses, hosts, days, pem) =>
        make({ commonName, addresses, hosts, days, key: parsePrivateKey(pem) }),
    ),
    genSignedCert: fn(
      ['string', 'list', 'list', 'int', 'certificate'],
      (commonName, addresses, hosts, days, signer) => make({ commonName, addresses, hosts, days, signer }),
    ),
    genSignedCertWithKey: fn(
      ['string', 'list', 'list', 'int', 'certificate', 'string'],
      (commonName, addresses, hosts, days, signer, pem) =>
        make({ commonName, addresses, hosts, days, signer, key: parsePrivateKey(pem) }),
    ),
  };
}

interface NewCertificate {
  readonly commonName: string;
  readonly addresses: List;
  readonly hosts: List;
  readonly days: number;
  readonly isAuthority: boolean;
  readonly now: number;
  /** Without one a key is made. */
  readonly key?: KeyObject;
  /** Without one the certificate signs itself. */
  readonly signer?: Certificate;
}

function makeCertificate({
  key = newRsaKey(2048),
  signer,
  addresses,
  hosts,
  ...request
}: NewCertificate): Certificate {
  const names = { addresses: textsOf(addresses, 'ip'), hosts: textsOf(hosts, 'alternate dns name') };
  const signing = signer === undefined ? { certificate: undefined, key } : signerOf(signer);
  return new Certificate(createCertificate({ ...request, ...names }, key, signing), privateKeyPem(key));
}

function signerOf({ cert, key }: Certificate): Signer {
  return { certificate: new X509Certificate(cert), key: parsePrivateKey(key) };
}

const noNames = new List([]);

function textsOf(list: List, what: string): string[] {
  return list.items.map((item) => {
    if (typeof item !== 'string')
      throw new Error(`error processing ${what}: a ${typeName(item)} is not a string`);
    return item;
  });
}

/** A certificate and a key that there are already, in base64 both. */
function customCertificate(certificate: string, key: string): Certificate {
  const pem = decodeBase64(certificate).toString();
  const keyPem = decodeBase64(key).toString();
  new X509Certificate(pem);
  parsePrivateKey(keyPem);
  return new Certificate(pem, keyPem);
}
