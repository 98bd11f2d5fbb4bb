import { Buffer } from 'node:buffer';

/**
 * Lines are bytes, text in memory is a string. So that no byte is lost, a byte that is not part of valid UTF-8 becomes
 * the lone surrogate U+DC00 + byte (U+DC80…U+DCFF), which valid UTF-8 can never decode to, and becomes that byte again
 * when written. Promtail hands such bytes on untouched.
 */
export function decodeText(bytes: Buffer, start = 0, end = bytes.length): string {
  const text = bytes.toString('utf8', start, end);
  // U+FFFD is either a character of the text itself or stands for a bad byte; only then is the slow way needed.
  return text.includes('\ufffd') ? decodeCarefully(bytes, start, end) : text;
}

/** The bytes of `text`, lone surrogates U+DC80…U+DCFF as the bytes they stand for. */
export function encodeText(text: string): Buffer {
  if (text.isWellFormed()) return Buffer.from(text, 'utf8');
  const bytes = Buffer.allocUnsafe(text.length * 3);
  return bytes.subarray(0, writeCarefully(text, bytes, 0));
}

/** How many bytes `encodeText` would give. */
export function textByteLength(text: string): number {
  if (text.isWellFormed()) return Buffer.byteLength(text, 'utf8');
  return encodeText(text).length;
}

/** Writes `text` at `at` and returns the end. The caller has made room (`textByteLength`). */
export function writeText(text: string, target: Buffer, at: number): number {
  if (text.isWellFormed()) return at + target.write(text, at, 'utf8');
  return writeCarefully(text, target, at);
}

/** A path as the file system wants it: file names are bytes, and need not be UTF-8. */
export function fsPath(path: string): string | Buffer {
  return path.isWellFormed() ? path : encodeText(path);
}

/** True when `text` holds no byte that is not valid UTF-8: what Go calls utf8.ValidString. */
export function isValidText(text: string): boolean {
  return text.isWellFormed();
}

function decodeCarefully(bytes: Buffer, start: number, end: number): string {
  let text = '';
  let at = start;
  let goodFrom = start;
  while (at < end) {
    const length = validSequence(bytes, at, end);
    if (length > 0) {
      at += length;
      continue;
    }
    text += bytes.toString('utf8', goodFrom, at) + String.fromCharCode(0xdc00 + bytes[at]!);
    at += 1;
    goodFrom = at;
  }
  return text + bytes.toString('utf8', goodFrom, end);
}

/** Length of the UTF-8 sequence at `at`, 0 when there is none (RFC 3629: no overlong forms, no surrogates). */
function validSequence(bytes: Buffer, at: number, end: number): number {
  const first = bytes[at]!;
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (at + length > end) return 0;
  const second = bytes[at + 1]!;
  const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < low || second > high) return 0;
  for (let i = 2; i < length; i++) if ((bytes[at + i]! & 0xc0) !== 0x80) return 0;
  return length;
}

function writeCarefully(text: string, target: Buffer, at: number): number {
  for (let i = 0; i < text.length; ) {
    const code = text.charCodeAt(i);
    if (code >= 0xdc80 && code <= 0xdcff) {
      target[at++] = code - 0xdc00;
      i += 1;
      continue;
    }
    let next = i + 1;
    while (next < text.length && !isByteMark(text, next)) next++;
    at += target.write(text.slice(i, next), at, 'utf8');
    i = next;
  }
  return at;
}

/** A lone low surrogate; one that follows a high surrogate is half of a character. */
function isByteMark(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  if (code < 0xdc80 || code > 0xdcff) return false;
  const before = text.charCodeAt(index - 1);
  return before < 0xd800 || before > 0xdbff;
}
