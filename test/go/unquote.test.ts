import { describe, expect, it } from 'vitest';
import { unquoteGo, unquoteGoCharacter } from '../../src/go/unquote.js';

describe('unquoteGo', () => {
  it.each([
    ['""', ''],
    ['"a\\"b\\\\"', 'a"b\\'],
    ['"\\a\\b\\f\\n\\r\\t\\v"', '\x07\b\f\n\r\t\v'],
    ['"\\u00e9\\U0001F600\\101"', 'é😀A'],
    ['"\\xc3\\xa9"', 'é'],
    ['"\\x80a\\377"', '\udc80a\udcff'],
    ['"\udc80"', '\ufffd'],
    ['`a\\n\r`', 'a\\n'],
  ])('%j', (quoted, text) => expect(unquoteGo(quoted)).toBe(text));

  it.each([
    '',
    '"',
    'a',
    "'a'",
    '"a',
    '"a"b"',
    '"\n"',
    '"\\\'"',
    '"\\q"',
    '"\\ud800"',
    '"\\x4"',
    '"\\777"',
    '"\\"',
    '`a`b`',
  ])('refuses %j', (quoted) => expect(unquoteGo(quoted)).toBeUndefined());
});

describe('unquoteGoCharacter', () => {
  it.each([
    ["'a'", 97],
    ["'\\n'", 10],
    ["'\\''", 39],
    ["'\\x80'", 128],
    ["'\\377'", 255],
    ["'😀'", 0x1f600],
  ])('%j', (quoted, code) => expect(unquoteGoCharacter(quoted)).toBe(code));

  it.each(["''", "'ab'", "'\\\"'", "'", "'''", '"a"', "'\\777'"])('refuses %j', (quoted) =>
    expect(unquoteGoCharacter(quoted)).toBeUndefined(),
  );
});
