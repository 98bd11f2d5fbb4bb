/** Unpacks LZ4 frames, as Kafka's clients write them. Their checksums are not looked at: Kafka has its own. */
export function unpackLz4(packed: Buffer): Buffer {
  const blocks: Buffer[] = [];
  let at = 0;
  while (at < packed.length) {
    if (packed.readUInt32LE(at) !== frameMagic) throw new Error('not an LZ4 frame');
    const flags = packed[at + 4]!;
    const hasBlockSum = (flags & 0x10) !== 0;
    const hasContentSize = (flags & 0x08) !== 0;
    const hasContentSum = (flags & 0x04) !== 0;
    // Magic, flags, block size, checksum of the header.
    at += 7 + (hasContentSize ? 8 : 0);
    const frameStart = blocks.length;
    for (let size = packed.readUInt32LE(at); size !== 0; size = packed.readUInt32LE(at)) {
      const start = at + 4;
      const end = start + (size & 0x7fffffff);
      const isStored = size >>> 31 === 1;
      const block = packed.subarray(start, end);
      // Blocks may refer to those before them in their frame.
      blocks.push(isStored ? block : unpackBlock(block, historyOf(blocks, frameStart)));
      at = end + (hasBlockSum ? 4 : 0);
    }
    at += 4 + (hasContentSum ? 4 : 0);
  }
  return Buffer.concat(blocks);
}

const frameMagic = 0x184d2204;
const windowSize = 64 * 1024;

function historyOf(blocks: readonly Buffer[], from: number): Buffer {
  let first = blocks.length;
  for (let size = 0; first > from && size < windowSize; first--) size += blocks[first - 1]!.length;
  const history = Buffer.concat(blocks.slice(first));
  return history.subarray(Math.max(0, history.length - windowSize));
}

function unpackBlock(block: Buffer, history: Buffer): Buffer {
  let out = Buffer.alloc(history.length + block.length * 4);
  let length = history.copy(out);
  let at = 0;
  const makeRoom = (more: number) => {
    if (length + more > out.length) out = Buffer.concat([out], Math.max(out.length * 2, length + more));
  };
  const readLength = (nibble: number) => {
    let value = nibble;
    if (nibble === 15) {
      let more: number;
      do {
        more = block[at++] ?? 0;
        value += more;
      } while (more === 255);
    }
    return value;
  };
  while (at < block.length) {
    const token = block[at++]!;
    const literals = readLength(token >> 4);
    makeRoom(literals);
    block.copy(out, length, at, at + literals);
    at += literals;
    length += literals;
    if (at >= block.length) break;
    const offset = block.readUInt16LE(at);
    at += 2;
    const match = readLength(token & 15) + 4;
    if (offset === 0 || offset > length) throw new Error('broken LZ4 block');
    makeRoom(match);
    // Byte by byte: a match may overlap what it makes.
    for (let i = 0; i < match; i++) out[length + i] = out[length + i - offset]!;
    length += match;
  }
  return out.subarray(history.length, length);
}
