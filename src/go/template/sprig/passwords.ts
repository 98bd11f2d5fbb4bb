import { createCipheriv, createDecipheriv, createHmac, randomBytes, scryptSync } from 'node:crypto';
import { decodeText, encodeText } from '../../../entry/text.js';
import { type FunctionTable, fn } from '../functions.js';
import { decodeBase64 } from './base64.js';
import { bcryptHash } from './bcrypt.js';

export const passwordFunctions: FunctionTable = {
  bcrypt: fn(['string'], bcrypt),
  decryptAES: fn(['string', 'string'], decryptAes),
  derivePassword: fn(['uint32', 'string', 'string', 'string', 'string'], derivePassword),
  encryptAES: fn(['string', 'string'], encryptAes),
  htpasswd: fn(['string', 'string'], (user, password) =>
    user.includes(':') ? `invalid username: ${user}` : `${user}:${bcrypt(password)}`,
  ),
};

function bcrypt(password: string): string {
  const bytes = encodeText(password);
  if (bytes.length > 72) return 'failed to encrypt string with bcrypt: password length exceeds 72 bytes';
  return bcryptHash(bytes, randomBytes(16), 10);
}

/** The password, cut or filled up with zeros, is the key. */
function aesKey(password: string): Buffer {
  const key = Buffer.alloc(32);
  encodeText(password).copy(key);
  return key;
}

function encryptAes(password: string, text: string): string {
  if (text === '') return '';
  const start = randomBytes(16);
  const cipher = createCipheriv('aes-256-cbc', aesKey(password), start);
  return Buffer.concat([start, cipher.update(encodeText(text)), cipher.final()]).toString('base64');
}

function decryptAes(password: string, encrypted: string): string {
  if (encrypted === '') return '';
  const bytes = decodeBase64(encrypted);
  const decipher = createDecipheriv('aes-256-cbc', aesKey(password), bytes.subarray(0, 16));
  decipher.setAutoPadding(false);
  const plain = Buffer.concat([decipher.update(bytes.subarray(16)), decipher.final()]);
  const length = plain.length - plain.at(-1)!;
  if (length < 0) throw new Error('the encrypted text has no valid padding');
  return decodeText(plain.subarray(0, length));
}

// The algorithm is that of the Master Password app.
const seed = 'com.lyndir.masterpassword';
const templates: Readonly<Record<string, readonly string[]>> = {
  maximum: ['anoxxxxxxxxxxxxxxxxx', 'axxxxxxxxxxxxxxxxxno'],
  long: [
    ...[
      'CvcvnoCvcvCvcv',
      'CvcvCvcvnoCvcv',
      'CvcvCvcvCvcvno',
      'CvccnoCvcvCvcv',
      'CvccCvcvnoCvcv',
      'CvccCvcvCvcvno',
    ],
    ...[
      'CvcvnoCvccCvcv',
      'CvcvCvccnoCvcv',
      'CvcvCvccCvcvno',
      'CvcvnoCvcvCvcc',
      'CvcvCvcvnoCvcc',
      'CvcvCvcvCvccno',
    ],
    ...[
      'CvccnoCvccCvcv',
      'CvccCvccnoCvcv',
      'CvccCvccCvcvno',
      'CvcvnoCvccCvcc',
      'CvcvCvccnoCvcc',
      'CvcvCvccCvccno',
    ],
    ...['CvccnoCvcvCvcc', 'CvccCvcvnoCvcc', 'CvccCvcvCvccno'],
  ],
  medium: ['CvcnoCvc', 'CvcCvcno'],
  short: ['Cvcn'],
  basic: ['aaanaaan', 'aannaaan', 'aaannaaa'],
  pin: ['nnnn'],
};
const vowels = 'AEIOU';
const consonants = 'BCDFGHJKLMNPQRSTVWXYZ';
const letters = vowels + vowels.toLowerCase() + consonants + consonants.toLowerCase();
const characters: Readonly<Record<string, string>> = {
  V: vowels,
  C: consonants,
  v: vowels.toLowerCase(),
  c: consonants.toLowerCase(),
  A: vowels + consonants,
  a: letters,
  n: '0123456789',
  o: "@&%?,=[]_:-+*$#!'^~;()/.",
  x: `${letters}0123456789!@#$%^&*()`,
};

function derivePassword(counter: number, kind: string, password: string, user: string, site: string): string {
  if (!Object.hasOwn(templates, kind)) return `cannot find password template ${kind}`;
  const salt = Buffer.concat([Buffer.from(seed), lengthOf(user), encodeText(user)]);
  const key = scryptSync(encodeText(password), salt, 64, { N: 32_768, r: 8, p: 2, maxmem: 1 << 26 });
  const message = Buffer.concat([Buffer.from(seed), lengthOf(site), encodeText(site), uint32(counter)]);
  const bytes = createHmac('sha256', key).update(message).digest();
  const template = templates[kind]![bytes[0]! % templates[kind]!.length]!;
  return Array.from(template, (type, index) => {
    const choice = characters[type]!;
    return choice[bytes[index + 1]! % choice.length];
  }).join('');
}

function lengthOf(text: string): Buffer {
  return uint32(encodeText(text).length);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
