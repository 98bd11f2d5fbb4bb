import { encodeText } from '../entry/text.js';

/**
 * Orders two texts as Go orders strings, by their UTF-8 bytes. Bytes that are not UTF-8 are lone surrogates
 * U+DC80…U+DCFF here.
 */
export function compareBytes(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const left = a.charCodeAt(at);
    const right = b.charCodeAt(at);
    if (left !== right) {
      // Below the surrogates, code units and bytes are in the same order.
      return left < 0xd800 && right < 0xd800 ? left - right : Buffer.compare(encodeText(a), encodeText(b));
    }
  }
  return a.length - b.length;
}
