import { encodeText } from '../../../entry/text.js';

/** Go's base64.StdEncoding: padding has to be right, line breaks do not count. Throws with the place of the error. */
export function decodeBase64(text: string): Buffer {
  const bytes = encodeText(text);
  let inGroup = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (isLineBreak(byte)) continue;
    if (byte === padding) {
      checkPadding(bytes, at, inGroup);
      return Buffer.from(text, 'base64');
    }
    if (!isDigit(byte)) fail(at);
    inGroup = (inGroup + 1) % 4;
  }
  // Go names the place at which the group that is cut short would have begun.
  if (inGroup > 0) fail(bytes.length - inGroup);
  return Buffer.from(text, 'base64');
}

const padding = 0x3d;

function isLineBreak(byte: number | undefined): boolean {
  return byte === 0x0a || byte === 0x0d;
}

function isDigit(byte: number): boolean {
  return /[A-Za-z0-9+/]/.test(String.fromCharCode(byte));
}

function checkPadding(bytes: Buffer, at: number, inGroup: number): void {
  if (inGroup < 2) fail(at);
  let end = at + 1;
  if (inGroup === 2) {
    while (isLineBreak(bytes[end])) end++;
    if (end === bytes.length) fail(bytes.length);
    if (bytes[end] !== padding) fail(end - 1);
    end++;
  }
  while (isLineBreak(bytes[end])) end++;
  if (end < bytes.length) fail(end);
}

function fail(at: number): never {
  throw new Error(`illegal base64 data at input byte ${at}`);
}
