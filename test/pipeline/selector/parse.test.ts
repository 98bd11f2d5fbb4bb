import { parser as logql } from '@grafana/lezer-logql';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseSelector } from '../../../src/pipeline/selector/parse.js';
import { SelectorSyntaxError } from '../../../src/pipeline/selector/selector.js';

describe('parseSelector', () => {
  test('reads matchers and filters in their order', () => {
    expect(parseSelector('{app="web",env!="dev", ns=~"a|b" , x!~"c"} |= "1" != "2" |~ "3" !~ "4"')).toEqual({
      matchers: [
        { name: 'app', operator: '=', value: 'web' },
        { name: 'env', operator: '!=', value: 'dev' },
        { name: 'ns', operator: '=~', value: 'a|b' },
        { name: 'x', operator: '!~', value: 'c' },
      ],
      filters: [
        { operator: '|=', value: '1' },
        { operator: '!=', value: '2' },
        { operator: '|~', value: '3' },
        { operator: '!~', value: '4' },
      ],
    });
  });

  test.each([
    ['blanks and comments', '{ a\t=\r\n"b" // c\n} /* d\n */ |="e"//f', 'a', 'b'],
    ['a byte order mark at the start', '\ufeff{a="b"}', 'a', 'b'],
    ['escapes', '{a="\\"\\\\\\n\\t\\u00e9\\xe6\\x97\\xa5\\101"}', 'a', '"\\\n\té日A'],
    ['a byte that is not UTF-8', '{a="\\x80"}', 'a', '\udc80'],
    ['letters of any script', '{ü9_="b"}', 'ü9_', 'b'],
    ['a number as name', '{5=""}', '5', ''],
    ['an odd number as name', '{0x1F="b"}', '0x1F', 'b'],
    ['a character as name', '{\'\\n\'="b"}', "'\\n'", 'b'],
    ['a raw string as name', '{`a b`="c"}', '`a b`', 'c'],
    ['any other character as name', '{+="b"}', '+', 'b'],
    ['half an operator as name', '{! ="b"}', '!', 'b'],
  ])('takes %s', (_, text, name, value) => {
    expect(parseSelector(text).matchers).toEqual([{ name, operator: '=', value }]);
  });

  test.each([
    ['nothing', '', 1, '{ expected, not the end'],
    ['no matcher', '{}', 2, 'name expected, not }'],
    ['no braces', 'a="b"', 1, '{ expected, not a'],
    ['an open brace', '{a="b"', 7, ', or } expected, not the end'],
    ['a trailing comma', '{a="b",}', 8, 'name expected, not }'],
    ['a name with a dot', '{a.b="c"}', 3, '= or != or =~ or !~ expected, not .'],
    ['a quoted name', '{"a"="b"}', 2, 'name expected, not a string'],
    ['two equals signs', '{a=="b"}', 4, 'string expected, not ='],
    ['a parted operator', '{a= ~"b"}', 5, 'string expected, not ~'],
    ['single quotes', "{a='b'}", 4, "string expected, not 'b'"],
    ['backquotes', '{a=`b`}', 4, 'string expected, not `b`'],
    ['a quote without end', '{a="b}', 4, 'a quote without end'],
    ['a newline in a string', '{a="b\n"}', 4, 'a quote without end'],
    ['a single quote without end', "{a='b}", 4, 'a quote without end'],
    ['more than a character in single quotes', '{\'ab\'="c"}', 2, 'a quote without end'],
    ['an unknown escape', '{a=~"x\\."}', 5, 'an escape unknown'],
    ['a comment without end', '{a="b"} /*', 9, 'a comment without end'],
    ['a NUL', '{a="\0"}', 5, 'a NUL'],
    ['a byte that is not UTF-8 unescaped', '{a="é\udc80"}', 6, 'a NUL, or a byte'],
    ['a filter alone', '|= "x"', 1, '{ expected, not |='],
    ['a filter without text', '{a="b"} |=', 11, 'string expected, not the end'],
    ['alternatives', '{a="b"} |= "x" or "y"', 16, '|= or != or |~ or !~ expected, not or'],
    ['a pattern filter', '{a="b"} |> "x"', 9, 'expected, not |'],
    ['a parser', '{a="b"} | json', 9, 'expected, not |'],
    ['an equality after the braces', '{a="b"} = "x"', 9, 'expected, not ='],
    ['two selectors', '{a="b"}{c="d"}', 8, 'expected, not {'],
    ['digits and letters run together', '{5a="b"}', 3, 'expected, not a'],
  ])('refuses %s', (_, text, column, reason) => {
    const failure = failureOf(text);
    expect(failure).toMatchObject({ line: 1, column });
    expect(failure.message).toContain(reason);
  });

  test('tells the line, and counts columns in characters', () => {
    expect(failureOf('{a="b",\n😀="c" d}')).toMatchObject({ line: 2, column: 7 });
  });

  test('agrees with the LogQL grammar on what is a selector with line filters', () => {
    let accepted = 0;
    fc.assert(
      fc.property(selectorLikeTexts(), (text) => {
        const isTaken = isSelector(text);
        accepted += Number(isTaken);
        expect(isTaken).toBe(isLogql(text));
      }),
      { numRuns: 2000 },
    );
    expect(accepted).toBeGreaterThan(100);
  });
});

function failureOf(text: string): SelectorSyntaxError {
  try {
    parseSelector(text);
  } catch (error) {
    expect(error).toBeInstanceOf(SelectorSyntaxError);
    return error as SelectorSyntaxError;
  }
  throw new Error(`accepted: ${text}`);
}

function isSelector(text: string): boolean {
  try {
    parseSelector(text);
    return true;
  } catch {
    return false;
  }
}

function isLogql(text: string): boolean {
  let hasError = false;
  logql.parse(text).iterate({
    enter(node) {
      hasError ||= node.type.isError;
    },
  });
  return !hasError;
}

/** Selectors as both know them, some with a token taken out, put in or changed. */
function selectorLikeTexts(): fc.Arbitrary<string> {
  const name = fc.constantFrom('app', '_x', 'n2');
  const string = fc.constantFrom('"web"', '""', '"a.*b"', '"say \\"x\\""', '"{,}="');
  const matcher = fc.tuple(name, fc.constantFrom('=', '!=', '=~', '!~'), string);
  const filter = fc.tuple(fc.constantFrom('|=', '!=', '|~', '!~'), string);
  const tokens = fc
    .tuple(fc.array(matcher, { minLength: 1, maxLength: 3 }), fc.array(filter, { maxLength: 3 }))
    .map(([matchers, filters]) => [
      '{',
      ...matchers.flatMap((parts, index) => (index === 0 ? parts : [',', ...parts])),
      '}',
      ...filters.flat(),
    ]);
  const stray = fc.constantFrom('{', '}', ',', '=', '!=', '=~', '!~', '|=', '|~', 'app', '"web"', undefined);
  const changed = fc
    .tuple(tokens, fc.nat(), stray, fc.nat(1))
    .map(([list, at, token, removed]) =>
      list.toSpliced(at % (list.length + 1), removed, ...(token === undefined ? [] : [token])),
    );
  const space = fc.constantFrom(' ', '  ', '\n');
  return fc.tuple(fc.oneof(tokens, changed), space).map(([list, blank]) => list.join(blank));
}
