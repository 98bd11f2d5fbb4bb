import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeText } from '../../../src/entry/text.js';
import { parseJson } from '../../../src/go/json/parse.js';
import { readJson } from '../../../src/go/json/reader.js';
import { nilObject } from '../../../src/go/json/value.js';
import { jsonTexts } from './json-texts.js';

// What Promtail's reader (json-iterator 1.1.12) answers to each text.
const accepted: [string, string, unknown][] = [
  ['an object', '{"a":[1,"x",true,null,{"b":{}}]}', { a: [1, 'x', true, null, { b: {} }] }],
  ['the last of equal keys', '{"a":1,"b":2,"a":3}', { a: 3, b: 2 }],
  ['blanks', ' \t\r\n{ "a" : [ 1 , 2 ] } \n', { a: [1, 2] }],
  ['numbers lose digits as float64', '{"n":9007199254740993}', { n: 9007199254740992 }],
  ['a number too small is zero', '{"n":1e-400}', { n: 0 }],
  ['minus zero', '{"n":-0}', { n: -0 }],
  ['a plus after a minus', '{"n":-+5,"m":-+.5,"o":-+05}', { n: -5, m: -0.5, o: -5 }],
  ['a surrogate pair', '{"s":"\\ud83d\\ude00"}', { s: '😀' }],
  ['a lone surrogate', '{"s":"\\ud800x"}', { s: '\ufffdx' }],
  ['two high surrogates use up the pair', '{"s":"\\ud800\\ud83d\\ude00"}', { s: '\ufffd\ufffd\ufffd' }],
  ['a lone surrogate before another escape', '{"s":"\\udc00\\n\\ud800\\u0041"}', { s: '\ufffd\n\ufffdA' }],
  ['a control character after a backslash', '{"s":"\\n\t\n\0"}', { s: '\n\t\n\0' }],
  ['DEL', '{"s":"\x7f"}', { s: '\x7f' }],
  [
    'bytes that are not UTF-8',
    decodeText(Buffer.from('{"s":"a\xff\xed\xa0\x80"}', 'latin1')),
    { s: 'a\udcff\udced\udca0\udc80' },
  ],
  ['a NUL ends reading', '{"a":1} \0 whatever', { a: 1 }],
  [
    'null for a key, but not for the first of an inner object',
    '{null:1,"b":{"c":2,null:3}}',
    { '': 1, b: { c: 2, '': 3 } },
  ],
  [
    'keys that objects have already',
    '{"constructor":1,"__proto__":{"x":2}}',
    JSON.parse('{"constructor":1,"__proto__":{"x":2}}'),
  ],
  ['a big exponent that does no harm', '{"n":0e999}', { n: 0 }],
];

const malformed: [string, string][] = [
  ['nothing', ''],
  ['blanks', ' \n'],
  ['an array', '[]'],
  ['a string', '"s"'],
  ['a number', '1'],
  ['true', 'true'],
  ['half a null', 'nul'],
  ['something after', '{"a":1} x'],
  ['two objects', '{}{}'],
  ['a comma too many', '{"a":1,}'],
  ['a comma too many in an array', '{"a":[1,]}'],
  ['a comma at first', '{,"a":1}'],
  ['a missing comma', '{"a":1 "b":2}'],
  ['a missing colon', '{"a" 1}'],
  ['the wrong bracket', '{"a":[1}'],
  ['an unquoted key', '{a:1}'],
  ['single quotes', "{'a':1}"],
  ['null for the first key of an inner object', '{"a":{null:1}}'],
  ['a byte order mark', '\ufeff{}'],
  ['another blank', '\u00a0{}'],
  ['a comment', '{"a":1/**/}'],
  ['an unknown escape', '{"a":"\\x41"}'],
  ['a short escape', '{"a":"\\u12"}'],
  ['an escape that is not hexadecimal', '{"a":"\\u12G4"}'],
  ['a tab in a string', '{"a":"\t"}'],
  ['a tab in a key', '{"a\t":1}'],
  ['a leading zero', '{"n":01}'],
  ['a leading zero after a minus', '{"n":-01}'],
  ['a plus', '{"n":+1}'],
  ['no digit after the point', '{"n":1.}'],
  ['no digit before the point', '{"n":.5}'],
  ['no digit in the exponent', '{"n":1e}'],
  ['two minuses', '{"n":--1}'],
  ['a number too big', '{"n":1e400}'],
  ['a number too big without exponent', `{"n":${'9'.repeat(310)}}`],
  ['a number too big by a short exponent', `{"n":${'9'.repeat(250)}e60}`],
  ['hexadecimal', '{"n":0x10}'],
  ['not a number', '{"n":NaN}'],
  ['a word with a capital', '{"a":True}'],
  ['a NUL inside', '{"a":1\0}'],
];

describe.each([
  ['parseJson', parseJson],
  ['readJson', readJson],
])('%s', (_, read) => {
  test.each(accepted)('accepts %s', (_, text, value) => {
    expect(read(text)).toEqual(value);
  });

  test.each(malformed)('calls malformed: %s', (_, text) => {
    expect(read(text)).toBeUndefined();
  });

  test('reads null as the nil object', () => {
    expect(read(' null ')).toBe(nilObject);
    expect(read('null\0x')).toBe(nilObject);
  });

  test('allows 10000 levels within the outermost object, and no more', () => {
    const nested = (levels: number) => `{"a":${'['.repeat(levels)}${']'.repeat(levels)}}`;
    expect(read(nested(10_000))).toBeDefined();
    expect(read(nested(10_001))).toBeUndefined();
    expect(read(`{"a":"${'['.repeat(20_001)}"}`)).toBeDefined();
  });

  test('reads a key with an escape after one with the same characters', () => {
    expect(read('{"b":1,"\\\\":2}')).toEqual({ b: 1, '\\': 2 });
    expect(read('{"b":1,"\\n":2}')).toEqual({ b: 1, '\n': 2 });
  });
});

test('parseJson and readJson agree', () => {
  fc.assert(
    fc.property(jsonTexts(), (text) => {
      expect(parseJson(text)).toEqual(readJson(text));
    }),
    { numRuns: 3000 },
  );
});
