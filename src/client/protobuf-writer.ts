import type { Buffer } from 'node:buffer';
import { textByteLength, writeText } from '../entry/text.js';

/** How many bytes `writeVarint` takes. */
export function varintLength(value: number): number {
  if (value < 0) return 10;
  let length = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) length++;
  return length;
}

/** Writes a whole number at `at` and returns the end. A negative one is written as the 64 bits of its two's complement. */
export function writeVarint(target: Buffer, at: number, value: number): number {
  if (value < 0) return writeNegative(target, at, value);
  let rest = value;
  while (rest >= 0x80000000) {
    target[at++] = (rest % 0x80) | 0x80;
    rest = Math.floor(rest / 0x80);
  }
  while (rest >= 0x80) {
    target[at++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  target[at++] = rest;
  return at;
}

/** Past this length the call into native code costs less than the walk. */
const maxWalked = 64;

/** The UTF-8 length of a text that is likely short and ASCII: 0.03 µs where the general way takes 0.1 µs. */
export function shortTextLength(text: string): number {
  const { length } = text;
  if (length > maxWalked) return textByteLength(text);
  for (let i = 0; i < length; i++) if (text.charCodeAt(i) >= 0x80) return textByteLength(text);
  return length;
}

/** Writes such a text, which is `byteLength` bytes long, at `at` and returns the end. */
export function writeShortText(target: Buffer, at: number, text: string, byteLength: number): number {
  const { length } = text;
  if (length > maxWalked || byteLength !== length) return writeText(text, target, at);
  for (let i = 0; i < length; i++) target[at + i] = text.charCodeAt(i);
  return at + length;
}

function writeNegative(target: Buffer, at: number, value: number): number {
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest >= 0x80n) {
    target[at++] = Number(rest & 0x7fn) | 0x80;
    rest >>= 7n;
  }
  target[at++] = Number(rest);
  return at;
}
