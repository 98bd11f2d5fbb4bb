import { describe, expect, it } from 'vitest';
import {
  formatGoFloat,
  formatGoFloatExponent,
  formatGoFloatShortest,
  parseGoFloat,
  parseGoInt,
  quoteGo,
} from '../../src/go/strconv.js';

describe('parseGoFloat', () => {
  it.each([
    ['1', 1],
    ['1.', 1],
    ['.5', 0.5],
    ['+1', 1],
    ['-0', -0],
    ['1e3', 1000],
    ['1E-3', 0.001],
    ['1_000', 1000],
    ['1e1_0', 1e10],
    ['0x1p-2', 0.25],
    ['0X_1.8P1', 3],
    ['-0x10p0', -16],
    ['0x1p-1074', 5e-324],
    ['inf', Infinity],
    ['+Infinity', Infinity],
    ['-INF', -Infinity],
    ['nAn', Number.NaN],
  ])('%s', (text, value) => expect(parseGoFloat(text)).toBe(value));

  it.each([
    '',
    ' 1',
    '1 ',
    '.',
    '+',
    '0x10',
    '0x',
    '1e',
    '1e400',
    '-1e400',
    '_1',
    '1_',
    '1__0',
    '1_.5',
    '1._5',
    '+nan',
    'infinit',
    '1,5',
    '1.2.3',
    '0b1',
  ])('refuses %j', (text) => expect(parseGoFloat(text)).toBeUndefined());
});

describe('parseGoInt', () => {
  it.each([
    ['0', 10, 0n],
    ['-5', 10, -5n],
    ['+5', 10, 5n],
    ['010', 10, 10n],
    ['9223372036854775807', 10, 2n ** 63n - 1n],
    ['-9223372036854775808', 10, -(2n ** 63n)],
    ['0x1F', 0, 31n],
    ['-0b11', 0, -3n],
    ['0o17', 0, 15n],
    ['010', 0, 8n],
    ['1_000', 0, 1000n],
    ['0x_f', 0, 15n],
    ['0_7', 0, 7n],
    ['0', 0, 0n],
    ['0777', 8, 511n],
  ] as const)('%s in base %d', (text, base, value) => expect(parseGoInt(text, base)).toBe(value));

  it.each([
    ['', 10],
    ['-', 10],
    ['1.5', 10],
    ['1_0', 10],
    ['0x1', 10],
    ['9223372036854775808', 10],
    ['08', 0],
    ['0x', 0],
    ['1__0', 0],
    ['8', 8],
    ['+-1', 0],
  ] as const)('refuses %j in base %d', (text, base) => expect(parseGoInt(text, base)).toBeUndefined());
});

describe('printing floats', () => {
  it.each([
    [1, '1', '1', '1e+00'],
    [0, '0', '0', '0e+00'],
    [-0, '-0', '-0', '-0e+00'],
    [999999, '999999', '999999', '9.99999e+05'],
    [1e6, '1000000', '1e+06', '1e+06'],
    [1234567.5, '1234567.5', '1.2345675e+06', '1.2345675e+06'],
    [0.0001, '0.0001', '0.0001', '1e-04'],
    [0.00001, '0.00001', '1e-05', '1e-05'],
    [1e21, '1000000000000000000000', '1e+21', '1e+21'],
    [1.5e-7, '0.00000015', '1.5e-07', '1.5e-07'],
    [-2.5e22, '-25000000000000000000000', '-2.5e+22', '-2.5e+22'],
    [5e-324, `0.${'0'.repeat(323)}5`, '5e-324', '5e-324'],
    [Number.NaN, 'NaN', 'NaN', 'NaN'],
    [Infinity, '+Inf', '+Inf', '+Inf'],
    [-Infinity, '-Inf', '-Inf', '-Inf'],
  ])('%d', (value, plain, shortest, exponent) => {
    expect(formatGoFloat(value)).toBe(plain);
    expect(formatGoFloatShortest(value)).toBe(shortest);
    expect(formatGoFloatExponent(value)).toBe(exponent);
  });
});

describe('quoteGo', () => {
  it.each([
    ['', '""'],
    ['plain text', '"plain text"'],
    ['a"b\\c', '"a\\"b\\\\c"'],
    ['\x07\b\f\n\r\t\v', '"\\a\\b\\f\\n\\r\\t\\v"'],
    ['\x00\x1f\x7f', '"\\x00\\x1f\\x7f"'],
    ['é日😀\ufffd', '"é日😀\ufffd"'],
    ['\u00a0\u2028\u00ad\ufeff', '"\\u00a0\\u2028\\u00ad\\ufeff"'],
    ['\u{e0001}', '"\\U000e0001"'],
    ['\udc80x\udcff', '"\\x80x\\xff"'],
  ])('%j', (text, quoted) => expect(quoteGo(text)).toBe(quoted));
});
