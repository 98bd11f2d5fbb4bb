import { expect, it } from 'vitest';
import { parseStreamLabels } from '../../../src/targets/loki-push/stream-labels.js';

it.each([
  ['{}', {}],
  ['{a="b"}', { a: 'b' }],
  ['  { a = "b" , c="d", } ', { a: 'b', c: 'd' }],
  ['{a="",b=`raw\\n`,c=\'it\\\'s "quoted"\'}', { a: '', b: 'raw\\n', c: 'it\'s "quoted"' }],
  ['{a="\\n\\x41\\u00fc\\303\\274\\""}', { a: '\nAüü"' }],
  ['up', { __name__: 'up' }],
  ['up{a="b"}', { __name__: 'up', a: 'b' }],
  ['{"up", "a b"="c"}', { __name__: 'up', 'a b': 'c' }],
  ['{a="1",a="2"}', { a: '2' }],
  ['{a="b"} # said', { a: 'b' }],
])('reads %s', (text, labels) => {
  expect(Object.fromEntries(parseStreamLabels(text))).toEqual(labels);
});

it.each([
  '',
  '{',
  '{a}',
  '{a=}',
  '{a=b}',
  '{a="b"',
  '{a="b"}x',
  '{a!="b"}',
  '{a="b" c="d"}',
  '{1="b"}',
  '{a="\\q"}',
])('refuses %s', (text) => {
  expect(() => parseStreamLabels(text)).toThrow("couldn't parse labels");
});
