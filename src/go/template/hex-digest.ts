import { createHash } from 'node:crypto';
import { encodeText } from '../../entry/text.js';

/** The digest of a text's bytes, in hexadecimal. */
export function hexDigest(algorithm: string, text: string): string {
  return createHash(algorithm).update(encodeText(text)).digest('hex');
}
