import fc from 'fast-check';
import { uncompressSync } from 'snappy';
import { uncompress } from 'snappyjs';
import { expect, it } from 'vitest';
import { ByteBuffer } from '../../src/client/byte-buffer.js';
import { loadCompress } from '../../src/client/snappy.js';

/** Noise, and text that repeats itself over more than one of snappy's blocks. */
const input = fc.oneof(
  fc.uint8Array({ maxLength: 5000 }),
  fc
    .tuple(fc.string({ minLength: 1, maxLength: 80 }), fc.nat(3000))
    .map(([text, times]) => Buffer.from(text.repeat(times))),
);

it.each(['auto', 'portable'] as const)('packs so that both libraries unpack it: %s', async (codec) => {
  const compress = await loadCompress(codec);
  const to = new ByteBuffer(16);
  fc.assert(
    fc.property(input, (bytes) => {
      to.length = 0;
      compress(Buffer.from(bytes), to);
      expect(Buffer.compare(uncompressSync(to.view()) as Buffer, bytes)).toBe(0);
      expect(Buffer.compare(uncompress(to.view()), bytes)).toBe(0);
    }),
  );
});

it.each(['auto', 'portable'] as const)('packs behind what is there already: %s', async (codec) => {
  const compress = await loadCompress(codec);
  const to = new ByteBuffer(16);
  to.append(Buffer.from('before'));
  compress(Buffer.from('a'.repeat(1000)), to);
  expect(String(to.view().subarray(0, 6))).toBe('before');
  expect(String(uncompress(to.view().subarray(6)))).toBe('a'.repeat(1000));
});
