import fc from 'fast-check';
import { compressSync, uncompressSync } from 'snappy';
import { uncompress } from 'snappyjs';
import { expect, it } from 'vitest';
import { ByteBuffer } from '../../src/client/byte-buffer.js';
import { Snappy } from '../../src/client/snappy.js';

const snappy = new Snappy();

/** Noise; text that repeats itself over more than 64 kB; pieces of both, some of which come again, near and far. */
const piece = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  fc.uint8Array({ minLength: 1000, maxLength: 5000 }).map((bytes) => Buffer.from(bytes)),
  fc
    .tuple(fc.string({ minLength: 1, maxLength: 80 }), fc.nat(2000))
    .map(([text, times]) => Buffer.from(text.repeat(times))),
);
const input = fc.oneof(
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  piece,
  fc
    .tuple(fc.array(piece, { minLength: 1, maxLength: 6 }), fc.array(fc.nat(5), { maxLength: 12 }))
    .map(([pieces, order]) => Buffer.concat(order.map((place) => pieces[place % pieces.length]!))),
);

function packed(bytes: Buffer): Buffer {
  const to = ByteBuffer.ofCapacity(16);
  snappy.input.length = 0;
  snappy.input.append(bytes);
  snappy.pack(to);
  return to.view();
}

it('packs so that two libraries unpack it', () => {
  fc.assert(
    fc.property(input, (bytes) => {
      const block = packed(bytes);
      expect(Buffer.compare(uncompressSync(block) as Buffer, bytes)).toBe(0);
      expect(Buffer.compare(uncompress(block), bytes)).toBe(0);
      expect(block.length).toBeLessThanOrEqual(32 + bytes.length + bytes.length / 6);
    }),
    { numRuns: 500 },
  );
});

it('finds what stands just within reach, and not what stands beyond', () => {
  const noise = (seed: number, length: number) => {
    let state = seed;
    return Buffer.from(
      Array.from({ length }, () => {
        state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
        return state >>> 16;
      }),
    );
  };
  const word = noise(7, 400);
  for (const distance of [65_534, 65_535, 65_536, 65_537]) {
    const bytes = Buffer.concat([word, noise(9, distance - word.length), word]);
    expect(Buffer.compare(uncompressSync(packed(bytes)) as Buffer, bytes)).toBe(0);
  }
});

it('packs noise and zeros of some megabytes', () => {
  const zeros = Buffer.alloc(5_000_000);
  expect(packed(zeros).length).toBeLessThan(zeros.length / 20);
  expect(Buffer.compare(uncompressSync(packed(zeros)) as Buffer, zeros)).toBe(0);
  const noise = Buffer.from(Array.from({ length: 3_000_000 }, () => Math.random() * 256));
  const block = packed(noise);
  expect(block.length).toBeLessThan(noise.length * 1.001);
  expect(Buffer.compare(uncompressSync(block) as Buffer, noise)).toBe(0);
});

it('packs no worse than the library does', () => {
  const lines = Array.from(
    { length: 5000 },
    (_, index) =>
      `{"verb":"get","user":{"username":"system:node:n${index % 17}"},"auditID":"${(index * 7919) % 10_007}"}`,
  );
  const text = Buffer.from(lines.join('\n'));
  expect(packed(text).length).toBeLessThanOrEqual((compressSync(text) as Buffer).length);
});

it('packs behind what is there already', () => {
  const to = ByteBuffer.ofCapacity(16);
  to.append(Buffer.from('before'));
  snappy.input.length = 0;
  snappy.input.append(Buffer.from('a'.repeat(1000)));
  snappy.pack(to);
  expect(String(to.view().subarray(0, 6))).toBe('before');
  expect(String(uncompress(to.view().subarray(6)))).toBe('a'.repeat(1000));
});
