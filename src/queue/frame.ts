import { Buffer } from 'node:buffer';
import { crc32 } from 'node:zlib';

/** A frame is the length of its payload, the payload's CRC-32, and the payload. */
export const headerLength = 8;

export function frameOf(payload: Buffer): Buffer {
  const frame = Buffer.allocUnsafe(headerLength + payload.length);
  frame.writeUInt32LE(payload.length, 0);
  frame.writeUInt32LE(crc32(payload), 4);
  payload.copy(frame, headerLength);
  return frame;
}

/** How long the frame that starts at `at` is, by its header. */
export function frameLength(bytes: Buffer, at: number): number {
  return headerLength + bytes.readUInt32LE(at);
}

/** The payload of the whole frame from `start` to `end`; undefined when it is not what was written. */
export function payloadOf(bytes: Buffer, start: number, end: number): Buffer | undefined {
  const payload = bytes.subarray(start + headerLength, end);
  return crc32(payload) === bytes.readUInt32LE(start + 4) ? payload : undefined;
}
