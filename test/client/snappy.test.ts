import fc from 'fast-check';
import { uncompressSync } from 'snappy';
import { uncompress } from 'snappyjs';
import { expect, it } from 'vitest';
import { loadCompress } from '../../src/client/snappy.js';

/** Noise, and text that repeats itself over more than one of snappy's blocks. */
const input = fc.oneof(
  fc.uint8Array({ maxLength: 5000 }),
  fc
    .tuple(fc.string({ minLength: 1, maxLength: 80 }), fc.nat(3000))
    .map(([text, times]) => Buffer.from(text.repeat(times))),
);

it.each(['auto', 'snappyjs'] as const)('packs so that both libraries unpack it: %s', async (codec) => {
  const compress = await loadCompress(codec);
  fc.assert(
    fc.property(input, (bytes) => {
      const packed = compress(Buffer.from(bytes));
      expect(Buffer.compare(uncompressSync(packed) as Buffer, bytes)).toBe(0);
      expect(Buffer.compare(uncompress(packed), bytes)).toBe(0);
    }),
  );
});

it.each(['auto', 'snappyjs'] as const)('gives memory that the next call leaves alone: %s', async (codec) => {
  const compress = await loadCompress(codec);
  const first = compress(Buffer.from('a'.repeat(1000)));
  compress(Buffer.from('b'.repeat(1000)));
  expect(String(uncompress(first))).toBe('a'.repeat(1000));
});
