import { decodeText, encodeText } from '../../../entry/text.js';
import { type FunctionTable, fn } from '../functions.js';
import { hexDigest } from '../hex-digest.js';
import { decodeBase32, encodeBase32 } from './base32.js';
import { decodeBase64 } from './base64.js';
import { jsonText, parseJsonValue, prettyJsonText, rawJsonText } from './json.js';

export const encodingFunctions: FunctionTable = {
  adler32sum: fn(['string'], (text) => String(adler32(encodeText(text)))),
  b32dec: fn(['string'], (text) => textOrError(() => decodeBase32(text))),
  b32enc: fn(['string'], (text) => encodeBase32(encodeText(text))),
  b64dec: fn(['string'], (text) => textOrError(() => decodeBase64(text))),
  b64enc: fn(['string'], (text) => encodeText(text).toString('base64')),
  fromJson: fn(['string'], (text) => parseJsonValue(text).value),
  mustFromJson: fn(['string'], (text) => {
    const { value, problem } = parseJsonValue(text);
    if (problem !== undefined) throw new Error(problem);
    return value;
  }),
  mustToJson: fn(['any'], jsonText),
  mustToPrettyJson: fn(['any'], prettyJsonText),
  mustToRawJson: fn(['any'], rawJsonText),
  sha1sum: fn(['string'], (text) => hexDigest('sha1', text)),
  sha256sum: fn(['string'], (text) => hexDigest('sha256', text)),
  sha512sum: fn(['string'], (text) => hexDigest('sha512', text)),
  toJson: fn(['any'], (value) => orEmpty(() => jsonText(value))),
  toPrettyJson: fn(['any'], (value) => orEmpty(() => prettyJsonText(value))),
  toRawJson: fn(['any'], rawJsonText),
};

/** Of what cannot be decoded the error is the text. */
function textOrError(decode: () => Buffer): string {
  try {
    return decodeText(decode());
  } catch (error) {
    return (error as Error).message;
  }
}

function orEmpty(write: () => string): string {
  try {
    return write();
  } catch {
    return '';
  }
}

function adler32(bytes: Buffer): number {
  let a = 1;
  let b = 0;
  for (const byte of bytes) {
    a = (a + byte) % 65_521;
    b = (b + a) % 65_521;
  }
  return b * 65_536 + a;
}
