import { Buffer } from 'node:buffer';

/** Unpacks a raw snappy block. Undefined when it is none, or longer than `maxBytes`. */
export function unpackSnappy(block: Buffer, maxBytes: number): Buffer | undefined {
  const header = readLength(block);
  if (header === undefined || header.length > maxBytes) return undefined;
  const output = Buffer.allocUnsafe(header.length);
  let from = header.end;
  let to = 0;
  while (from < block.length) {
    const tag = block[from++]!;
    const kind = tag & 3;
    const upper = tag >> 2;
    let length: number;
    let offset = 0;
    if (kind === 0) {
      const extra = upper < 60 ? 0 : upper - 59;
      if (from + extra > block.length) return undefined;
      length = (extra === 0 ? upper : block.readUIntLE(from, extra)) + 1;
      from += extra;
    } else {
      const extra = kind === 3 ? 4 : kind;
      if (from + extra > block.length) return undefined;
      length = kind === 1 ? (upper & 7) + 4 : upper + 1;
      offset = block.readUIntLE(from, extra) + (kind === 1 ? (tag >> 5) << 8 : 0);
      from += extra;
    }
    if (to + length > output.length) return undefined;
    if (kind === 0) {
      if (from + length > block.length) return undefined;
      block.copy(output, to, from, from + length);
      from += length;
    } else {
      if (offset === 0 || offset > to) return undefined;
      repeat(output, to, offset, length);
    }
    to += length;
  }
  return to === output.length ? output : undefined;
}

/** Copies what stands `offset` bytes in front; what is copied may be copied again. */
function repeat(output: Buffer, to: number, offset: number, length: number): void {
  if (offset >= length) output.copyWithin(to, to - offset, to - offset + length);
  else for (let i = to; i < to + length; i++) output[i] = output[i - offset]!;
}

/** The length of the output: a varint of at most 32 bits. */
function readLength(block: Buffer): { length: number; end: number } | undefined {
  let length = 0;
  for (let i = 0; i < Math.min(5, block.length); i++) {
    length += (block[i]! & 0x7f) * 2 ** (7 * i);
    if (block[i]! < 0x80) return { length, end: i + 1 };
  }
  return undefined;
}
