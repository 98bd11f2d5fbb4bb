import { expect, test } from 'vitest';
import { expandTemplate } from '../../../src/go/regexp/expand-template.js';
import { compileGoRegexp } from '../../../src/go/regexp/go-regexp.js';
import { quoteMeta } from '../../../src/go/regexp/quote-meta.js';
import { replaceAll, replaceAllLiteral } from '../../../src/go/regexp/replace-all.js';

test.each([
  ['(a)(x)?', '$1-$2', 'cab', 'ca-b'],
  ['(?P<n>\\w)', '<${n}>', 'a b', '<a> <b>'],
  ['(\\w)', '$1x', 'ab', ''],
  ['(\\w)', '${1}x', 'ab', 'axbx'],
  ['(\\w)', '$$1', 'ab', '$1$1'],
  ['x*', '-', 'abxc', '-a-b-c-'],
  ['x*', '-', '😀', '-😀-'],
  ['', '.', '', '.'],
  ['b', '', 'abc', 'ac'],
  ['\\d+', '$0$0', 'a12b3', 'a1212b33'],
])('replaces %s by %s in %s', (pattern, template, text, expected) => {
  expect(replaceAll(compileGoRegexp(pattern), text, template)).toBe(expected);
});

test('a literal replacement keeps its dollars', () => {
  expect(replaceAllLiteral(compileGoRegexp('(a)'), 'aba', '$1')).toBe('$1b$1');
});

test.each([
  ['$1', 'a'],
  ['$01', ''],
  ['${01}', ''],
  ['$9', ''],
  ['$same', 'b'],
  ['$missing.', '.'],
  ['${1', '${1'],
  ['${}', '${}'],
  ['$', '$'],
  ['$-', '$-'],
  ['$é', ''],
  ['${a-b}', '${a-b}'],
  ['$0$$', 'ab$'],
])('expands %s as Go does', (template, expected) => {
  const regexp = compileGoRegexp('(a)(?P<same>x)?(?P<same>b)');
  expect(expandTemplate(template, regexp, 'ab', regexp.exec('ab')!)).toBe(expected);
});

test('a quoted text matches itself', () => {
  const text = 'a.b*c+d?(e)|[f]{1}^$\\g-é';
  expect(quoteMeta(text)).toBe('a\\.b\\*c\\+d\\?\\(e\\)\\|\\[f\\]\\{1\\}\\^\\$\\\\g-é');
  expect(compileGoRegexp(quoteMeta(text), { anchored: true }).test(text)).toBe(true);
});
