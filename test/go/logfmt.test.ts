import { describe, expect, test } from 'vitest';
import { readLogfmt } from '../../src/go/logfmt.js';

type Pairs = [key: string, value: string][];

// What go-logfmt 0.6.1 reads.
describe('readLogfmt', () => {
  test.each<[string, string, Pairs]>([
    [
      'pairs',
      'a=1 b=x',
      [
        ['a', '1'],
        ['b', 'x'],
      ],
    ],
    [
      'keys without value',
      'a b= c="" d',
      [
        ['a', ''],
        ['b', ''],
        ['c', ''],
        ['d', ''],
      ],
    ],
    [
      'a key again',
      'a=1 a=2 a',
      [
        ['a', '1'],
        ['a', '2'],
        ['a', ''],
      ],
    ],
    [
      'quoted values',
      'a="x y" b="="',
      [
        ['a', 'x y'],
        ['b', '='],
      ],
    ],
    [
      'blanks of all kinds',
      ' \ta=1 \x01 b=2\0',
      [
        ['a', '1'],
        ['b', '2'],
      ],
    ],
    [
      'a blank after the equals sign',
      'a= 1',
      [
        ['a', ''],
        ['1', ''],
      ],
    ],
    [
      'odd keys',
      "a.b=1 é=2 [z]=3 '=4 \x7f=5",
      [
        ['a.b', '1'],
        ['é', '2'],
        ['[z]', '3'],
        ["'", '4'],
        ['\x7f', '5'],
      ],
    ],
    [
      'text right after a closing quote',
      'a="1"b=2',
      [
        ['a', '1'],
        ['b', '2'],
      ],
    ],
    ['punctuation in bare values', "a={x:1},'y'", [['a', "{x:1},'y'"]]],
    ['escapes', 'a="\\b\\f\\n\\r\\t\\"\\\\\\/\\\'\\u00e9"', [['a', '\b\f\n\r\t"\\/\'é']]],
    ['surrogates', 'a="\\ud83d\\ude00\\ud800\\ud83d\\ude00"', [['a', '😀\ufffd😀']]],
    ['control characters in a value without escapes', 'a="x\ty\0"', [['a', 'x\ty\0']]],
    [
      'bytes that are not UTF-8',
      'a=x\udc80 b="\udc80" c="\\t\udc80"',
      [
        ['a', 'x\udc80'],
        ['b', '\udc80'],
        ['c', '\t\ufffd'],
      ],
    ],
    ['a byte after half a surrogate pair', 'a="\\ud83d\udc80"', [['a', '\ufffd\ufffd']]],
    [
      'records',
      'a=1\r\n\n b="2"\nc=3\r',
      [
        ['a', '1'],
        ['b', '2'],
        ['c', '3'],
      ],
    ],
    ['a record just short enough', `a=${'x'.repeat(65_533)}`, [['a', 'x'.repeat(65_533)]]],
    ['nothing', '', []],
  ])('reads %s', (_, text, pairs) => {
    expect(read(text)).toEqual({ pairs, error: undefined });
  });

  test.each<[string, string]>([
    ['a quote in a key', 'a=1 b"c d=2'],
    ['a value without key', 'a=1 =x d=2'],
    ['a value without key after a quoted one', 'a="1"=x d=2'],
    ['an equals sign in a bare value', 'a=1 b=x=y d=2'],
    ['a quote in a bare value', 'a=1 b=x"y" d=2'],
    ['a quoted value without end', 'a=1 b="x d=2'],
    ['a quoted value that ends in the next record', 'a=1 b="x\ny"'],
    ['an escaped last quote', 'a=1 b="x\\" d=2'],
    ['an unknown escape', 'a=1 b="\\q" d=2'],
    ['a short escape', 'a=1 b="\\u12" d=2'],
    ['a control character beside an escape', 'a=1 b="\\n\t" d=2'],
    ['a key that is not UTF-8', 'a=1 b\udc80=x d=2'],
    ['a key with U+FFFD', 'a=1 \ufffd=x d=2'],
    ['a long record', `a=1\nb=${'x'.repeat(65_534)}\nd=2`],
    ['a long record, in bytes', `a=1\nb=${'é'.repeat(32_767)}\nd=2`],
  ])('stops at %s', (_, text) => {
    expect(read(text)).toEqual({ pairs: [['a', '1']], error: expect.any(String) });
  });
});

function read(text: string): { pairs: Pairs; error: string | undefined } {
  const pairs: Pairs = [];
  const error = readLogfmt(text, (key, value) => pairs.push([key, value]));
  return { pairs, error };
}
