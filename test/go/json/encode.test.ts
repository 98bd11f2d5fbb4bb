import { describe, expect, test } from 'vitest';
import {
  encodeJson,
  encodeJsonString,
  encodeStandardJson,
  UnencodableError,
} from '../../../src/go/json/encode.js';
import { parseJson } from '../../../src/go/json/parse.js';
import { type JsonValue, nilObject } from '../../../src/go/json/value.js';

describe('encodeJson', () => {
  test.each<[string, JsonValue, string]>([
    ['no blanks', [1, 'two', true, null, 1.5, [], {}], '[1,"two",true,null,1.5,[],{}]'],
    [
      'keys in byte order',
      { b: 1, a: { '\u{1f600}': 1, '\uffff': 2, é: 3 }, '': 4, 10: 5, 9: 6 },
      '{"":4,"10":5,"9":6,"a":{"é":3,"\uffff":2,"😀":1},"b":1}',
    ],
    ['HTML escapes', '<b>&</b>', '"\\u003cb\\u003e\\u0026\\u003c/b\\u003e"'],
    ['escapes', '\u0001\b\f\n\r\t"\\/', '"\\u0001\\u0008\\u000c\\n\\r\\t\\"\\\\/"'],
    ['line separators', '\u2028\u2029', '"\\u2028\\u2029"'],
    ['what needs no escape', "\x7f\x80'é日😀", '"\x7f\x80\'é日😀"'],
    ['bytes that are not UTF-8', 'a\udc80\udced\udca0', '"a\\ufffd\\ufffd\\ufffd"'],
    [
      'big numbers',
      [1e21, 123456789012345680, 1.7976931348623157e308],
      '[1e+21,123456789012345680,1.7976931348623157e+308]',
    ],
    ['small numbers', [0.000001, 1e-7, 1.5e-9, 5e-324], '[0.000001,1e-07,1.5e-09,5e-324]'],
    ['zeros', [0, -0], '[0,-0]'],
    ['the nil object', [nilObject], '[null]'],
  ])('%s', (_, value, text) => {
    expect(encodeJson(value)).toBe(text);
  });

  test('fails on numbers that JSON does not have', () => {
    expect(() => encodeJson([Number.NaN])).toThrow(UnencodableError);
    expect(() => encodeJson(-Infinity)).toThrow(UnencodableError);
  });

  test('writes 10000 levels', () => {
    const text = `{"a":${'[{"b":'.repeat(5000)}1${'}]'.repeat(5000)}}`;
    expect(encodeJson(parseJson(text)!)).toBe(text);
  });
});

test('encodeStandardJson differs in small exponents, backspace and form feed', () => {
  expect(encodeStandardJson([1e-7, 1e-10, 1e21, '\b\f\v<'])).toBe(
    '[1e-7,1e-10,1e+21,"\\b\\f\\u000b\\u003c"]',
  );
});

test('encodeJsonString gives the quotes too', () => {
  expect(encodeJsonString('a"b')).toBe('"a\\"b"');
});
