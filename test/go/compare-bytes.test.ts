import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeText } from '../../src/entry/text.js';
import { compareBytes } from '../../src/go/compare-bytes.js';

test('orders texts as their bytes are ordered', () => {
  const character = fc.constantFrom(
    '',
    'a',
    'b',
    'é',
    '\ud7ff',
    '\ue000',
    '\uffff',
    '😀',
    '\udc80',
    '\udcf0',
    '\udcff',
  );
  const text = fc.array(character, { maxLength: 4 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, text, (a, b) => {
      expect(Math.sign(compareBytes(a, b))).toBe(Buffer.compare(encodeText(a), encodeText(b)));
    }),
    { numRuns: 2000 },
  );
});
