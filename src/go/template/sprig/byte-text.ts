import { decodeText, encodeText } from '../../../entry/text.js';

/**
 * Sprig cuts strings between bytes where Go does. Here a text becomes one of its bytes, a character each, so that
 * they can be cut like any other; `textOfBytes` makes it a text again.
 */
export function bytesOfText(text: string): string {
  return isAscii(text) ? text : encodeText(text).toString('latin1');
}

export function textOfBytes(bytes: string): string {
  return isAscii(bytes) ? bytes : decodeText(Buffer.from(bytes, 'latin1'));
}

/** Go's `text[start:end]`, with its error when that lies outside. */
export function sliceBytes(text: string, start: number, end?: number): string {
  const bytes = bytesOfText(text);
  const until = end ?? bytes.length;
  if (start < 0 || until > bytes.length || start > until) {
    throw new Error(`slice bounds out of range [${start}:${until}] with length ${bytes.length}`);
  }
  return textOfBytes(bytes.slice(start, until));
}

function isAscii(text: string): boolean {
  return !/[^\x00-\x7f]/.test(text);
}
