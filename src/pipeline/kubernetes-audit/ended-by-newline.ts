import { Buffer } from 'node:buffer';

/** A copy of the bytes with a newline after them, which the scanners count on where a line does not come from a file. */
export function endedByNewline(bytes: Uint8Array): Buffer {
  const copy = Buffer.allocUnsafe(bytes.length + 1);
  copy.set(bytes);
  copy[bytes.length] = 0x0a;
  return copy;
}
