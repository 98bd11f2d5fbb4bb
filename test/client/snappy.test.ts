import fc from 'fast-check';
import { uncompressSync } from 'snappy';
import { uncompress } from 'snappyjs';
import { expect, it } from 'vitest';
import { ByteBuffer } from '../../src/client/byte-buffer.js';
import { type Compress, loadNative, portable, snappy } from '../../src/client/snappy.js';

/** Noise, and text that repeats itself over more than one of snappy's blocks. */
const input = fc.oneof(
  fc.uint8Array({ maxLength: 5000 }),
  fc
    .tuple(fc.string({ minLength: 1, maxLength: 80 }), fc.nat(3000))
    .map(([text, times]) => Buffer.from(text.repeat(times))),
);

const codecs: [string, Compress][] = [
  ['portable', portable()],
  ['native', (await loadNative())!],
  ['the one that takes turns', snappy()],
];

it.each(codecs)('packs so that both libraries unpack it: %s', (_, compress) => {
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

it.each(codecs)('packs behind what is there already: %s', (_, compress) => {
  const to = new ByteBuffer(16);
  to.append(Buffer.from('before'));
  compress(Buffer.from('a'.repeat(1000)), to);
  expect(String(to.view().subarray(0, 6))).toBe('before');
  expect(String(uncompress(to.view().subarray(6)))).toBe('a'.repeat(1000));
});

it('goes over to the native library once there is much to pack', async () => {
  const text = Buffer.from(Array.from({ length: 100_000 }, (_, index) => `${index}`).join(' '));
  const packedBy = (compress: Compress) => {
    const to = new ByteBuffer(16);
    compress(text, to);
    return to.view().toString('base64');
  };
  const [byPortable, byNative] = [packedBy(portable()), packedBy((await loadNative())!)];
  expect(byPortable).not.toBe(byNative);
  const compress = snappy();
  const before = Math.ceil((8 * 1024 * 1024) / text.length) - 1;
  for (let push = 0; push < before; push++) expect(packedBy(compress)).toBe(byPortable);
  packedBy(compress);
  await expect.poll(() => packedBy(compress)).toBe(byNative);
});
