import { Buffer } from 'node:buffer';
import { openForReading } from '../targets/file/family.js';

/** Whether a file begins as gzip does. One that cannot be read does not; whoever reads it will say why. */
export async function isGzip(path: string): Promise<boolean> {
  try {
    const file = await openForReading(path);
    try {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
      return bytesRead === 2 && buffer.readUInt16BE(0) === 0x1f8b;
    } finally {
      await file.close();
    }
  } catch {
    return false;
  }
}
