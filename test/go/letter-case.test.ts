import { expect, it } from 'vitest';
import { toLower, toUpper } from '../../src/go/letter-case.js';

it.each([
  ['Straße ŉ ﬁ', 'straße ŉ ﬁ', 'STRAßE ŉ ﬁ'],
  ['ΟΔΟΣ', 'οδοσ', 'ΟΔΟΣ'],
  ['İstanbul', 'istanbul', 'İSTANBUL'],
  ['ᾀ ᾳ ῼ', 'ᾀ ᾳ ῳ', 'ᾈ ᾼ ῼ'],
  ['Ǆ ǅ ǆ', 'ǆ ǆ ǆ', 'Ǆ Ǆ Ǆ'],
  // As in Go, a byte that is no UTF-8 does not survive.
  ['a\udcffB', 'a\ufffdb', 'A\ufffdB'],
])('changes the case of %s letter by letter', (text, lower, upper) => {
  expect(toLower(text)).toBe(lower);
  expect(toUpper(text)).toBe(upper);
});
