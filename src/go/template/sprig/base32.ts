import { encodeText } from '../../../entry/text.js';

/** RFC 4648 base32 with padding. */
export function encodeBase32(bytes: Buffer): string {
  let text = '';
  let bits = 0;
  let buffered = 0;
  for (const byte of bytes) {
    buffered = ((buffered & 0x1f) << 8) | byte;
    for (bits += 8; bits >= 5; bits -= 5) text += digits[(buffered >> (bits - 5)) & 31];
  }
  if (bits > 0) text += digits[(buffered << (5 - bits)) & 31];
  return text.padEnd(Math.ceil(text.length / 8) * 8, '=');
}

/** Go's base32.StdEncoding: padding has to be right, line breaks do not count. Throws with the place of the error. */
export function decodeBase32(text: string): Buffer {
  const bytes = encodeText(text).filter((byte) => byte !== 0x0a && byte !== 0x0d);
  const decoded: number[] = [];
  let bits = 0;
  let buffered = 0;
  for (let at = 0; at < bytes.length; at++) {
    const inGroup = at % 8;
    if (bytes[at] === padding && inGroup >= 2 && bytes.length - at <= 8) {
      checkPadding(bytes, at, inGroup);
      return Buffer.from(decoded);
    }
    const digit = digits.indexOf(String.fromCharCode(bytes[at]!));
    if (digit < 0) fail(at);
    buffered = ((buffered << 5) | digit) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      decoded.push((buffered >> bits) & 0xff);
    }
  }
  if (bytes.length % 8 !== 0) fail(bytes.length - (bytes.length % 8));
  return Buffer.from(decoded);
}

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const padding = 0x3d;

function checkPadding(bytes: Uint8Array, at: number, inGroup: number): void {
  if (bytes.length - at < 8 - inGroup) fail(bytes.length);
  for (let i = at + 1; i < at + 8 - inGroup; i++) if (bytes[i] !== padding) fail(i - 1);
  // So many digits make no whole number of bytes.
  if (inGroup === 3 || inGroup === 6) fail(at);
}

function fail(at: number): never {
  throw new Error(`illegal base32 data at input byte ${at}`);
}
