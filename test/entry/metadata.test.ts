import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Metadata, type MetadataPair, MetadataWriter } from '../../src/entry/metadata.js';
import { decodeText } from '../../src/entry/text.js';

const text = fc.oneof(
  fc.string({ maxLength: 80 }),
  fc.string({ unit: 'binary', maxLength: 40 }).map((unit) => unit.toWellFormed()),
  fc.uint8Array({ maxLength: 70 }).map((bytes) => decodeText(Buffer.from(bytes))),
  fc.constantFrom('', 'x'.repeat(127), 'ü'.repeat(200), 'y'.repeat(40_000)),
);
const pairs: fc.Arbitrary<MetadataPair[]> = fc.array(fc.tuple(text, text), { maxLength: 6 });

test('gives the pairs that were set, of many entries at a time', () => {
  fc.assert(
    fc.property(fc.array(pairs, { maxLength: 8 }), (entries) => {
      const writer = new MetadataWriter(256);
      const written = entries.map((entry) => {
        for (const [name, value] of entry) writer.pair(name, value);
        return writer.end();
      });
      expect(written.map((metadata) => metadata.pairs())).toEqual(entries);
    }),
  );
});

test('goes on from what an entry has already', () => {
  fc.assert(
    fc.property(pairs, pairs, (before, more) => {
      const writer = new MetadataWriter(64);
      writer.all(Metadata.of(before));
      for (const [name, value] of more) writer.pair(name, value);
      const metadata = writer.end();
      expect(metadata.pairs()).toEqual([...before, ...more]);
      expect(metadata.size).toBe(Metadata.of(before).size + Metadata.of(more).size);
    }),
  );
});

test('takes bytes for a value, if they are short and ASCII, as the text would be', () => {
  fc.assert(
    fc.property(text, fc.uint8Array({ maxLength: 70 }), fc.boolean(), (name, some, isAscii) => {
      const value = isAscii ? some.map((byte) => byte & 0x7f) : some;
      const writer = new MetadataWriter(0);
      const bytes = Buffer.concat([Buffer.from('before'), value, Buffer.from('after')]);
      const isTaken = writer.piece(name, bytes, 6, 6 + value.length);
      const isPlain = value.length <= 64 && value.every((byte) => byte < 0x80);
      expect(isTaken).toBe(isPlain);
      expect(writer.isEmpty).toBe(!isPlain);
      writer.pair('next', '1');
      const own: MetadataPair[] = isPlain ? [[name, decodeText(Buffer.from(value))]] : [];
      const metadata = writer.end();
      expect(metadata.pairs()).toEqual([...own, ['next', '1']]);
      expect(metadata.size).toBe(Metadata.of(metadata.pairs()).size);
    }),
  );
});
