import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeText, encodeText, textByteLength, writeText } from '../../src/entry/text.js';

it('carries every byte through text and back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (array) => {
      const bytes = Buffer.from(array);
      const text = decodeText(bytes);
      expect(encodeText(text)).toEqual(bytes);
      expect(textByteLength(text)).toBe(bytes.length);
      const target = Buffer.alloc(bytes.length);
      expect(writeText(text, target, 0)).toBe(bytes.length);
      expect(target).toEqual(bytes);
    }),
    { numRuns: 2000 },
  );
});

it('leaves valid text as it is, U+FFFD included', () => {
  for (const text of ['', 'plain', 'é 日本 😀', '\ufffd', 'a\ufffd😀'])
    expect(decodeText(Buffer.from(text))).toBe(text);
});

it('marks each byte that is not UTF-8', () => {
  expect(decodeText(Buffer.from([0x61, 0xff, 0xc3, 0x62, 0xed, 0xa0, 0x80]))).toBe(
    'a\udcff\udcc3b\udced\udca0\udc80',
  );
});
