import { expect, it } from 'vitest';
import { replaceText } from '../../src/go/replace.js';
import { trimCutset, trimLeftCutset, trimRightCutset } from '../../src/go/trim.js';

it.each([
  ['', 'a', ''],
  ['abca', '', 'abca'],
  ['aabaa', 'a', 'b'],
  ['ééaé', 'é', 'a'],
  ['😀x😀', '😀', 'x'],
  ['aaa', 'a', ''],
])('trims %j by %j', (text, cutset, trimmed) => {
  expect(trimCutset(text, cutset)).toBe(trimmed);
});

it('trims one end only', () => {
  expect(trimLeftCutset('xyax', 'xy')).toBe('ax');
  expect(trimRightCutset('xaxy', 'xy')).toBe('xa');
});

it.each([
  ['loki loki', 'loki', '$&', -1, '$& $&'],
  ['loki loki', 'loki', 'L', 1, 'L loki'],
  ['loki loki', 'loki', 'L', 0, 'loki loki'],
  ['loki loki', 'loki', 'L', 9, 'L L'],
  ['héy', '', '.', -1, '.h.é.y.'],
  ['héy', '', '.', 2, '.h.éy'],
  ['', '', '.', -1, '.'],
  ['aaa', 'a', 'a', -1, 'aaa'],
])('replaces in %j: %j by %j, %d times', (text, old, replacement, count, replaced) => {
  expect(replaceText(text, old, replacement, count)).toBe(replaced);
});
