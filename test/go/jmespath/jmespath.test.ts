import { describe, expect, test } from 'vitest';
import { compileJmesPath } from '../../../src/go/jmespath/jmespath.js';
import { JmesPathSyntaxError } from '../../../src/go/jmespath/syntax-error.js';
import { parseJson } from '../../../src/go/json/parse.js';
import { type JsonObject, nilObject } from '../../../src/go/json/value.js';

const document =
  '{"a":1,"s":"héllo","t":true,"z":null,"e":"","n":-1.5,"l":[0,1,2,3,4],"w":["b","a","B","é"],"o":{"k":{"n":1}},' +
  '"m":[{"n":2,"k":"b"},{"n":3,"k":"a"},{"n":1,"k":"c"}],"q r":{"a-b":5},"f":[1,[2,[3]],[[4]]],"h":{"b":"<","a":1e21}}';

// What go-jmespath 0.4.0 finds in the document, as the json stage extracts it. Undefined: the expression fails.
describe('compileJmesPath', () => {
  test.each([
    ['fields', 'o.k.n', 1],
    ['a field that is missing', 'o.x.y', null],
    ['a field of a string', 's.x', null],
    ['a quoted name', '"q r"."a-b"', 5],
    ['a quoted name with escapes', '"\\u0061"', 1],
    ['a name every object has', 'constructor', null],
    ['an index', 'l[1]', 1],
    ['an index from the end', 'l[-1]', 4],
    ['an index beyond', 'l[9]', null],
    ['an index of a string', 's[0]', null],
    ['a slice', 'l[1:3]', '[1,2]'],
    ['a slice backwards', 'l[3:0:-2]', '[3,1]'],
    ['a slice reversed', 'l[::-1]', '[4,3,2,1,0]'],
    ['a slice of a string', 's[0:2]', null],
    ['a slice by steps of 0', 'l[::0]', undefined],
    ['a list projection', 'm[*].k', '["b","a","c"]'],
    ['a projection leaves nulls out', 'm[*].x', '[]'],
    ['a projection of no list', 'o[*].n', null],
    ['a pipe ends a projection', 'm[*].k | [0]', 'b'],
    ['an object projection', 'o.*.n', '[1]'],
    ['an object projection tries null first', 'o.*.type(@)', '["null","object"]'],
    ['and may fail on it', 'o.*.length(@)', undefined],
    ['an object projection of no object', 'l.*', null],
    ['members in the order of their keys', 'h.*', '[1e+21,"\\u003c"]'],
    ['flattening', 'f[]', '[1,2,[3],[4]]'],
    ['a filter', 'm[?n > `1`].k', '["b","a"]'],
    ['a filter with and, or, not', "m[?n >= `2` && !(k == 'a') || n == `1`].n", '[2,1]'],
    ['a filter of no list', 's[?@]', null],
    ['a failing filter', 'm[?length(n)]', undefined],
    ['a failing left side of a filter', 'length(n)[?@]', null],
    ['a failing left side of a flatten', 'length(n)[]', null],
    ['a failing left side of a projection', 'length(n)[*]', undefined],
    ['a multi-select list', '[a, x, o.k]', '[1,null,{"n":1}]'],
    ['a multi-select hash', '{x: a, "y z": s}', '{"x":1,"y z":"héllo"}'],
    ['a multi-select of null', 'z.[a]', null],
    ['or takes the first that is not empty', 'e || z || `[]` || `{}` || a', 1],
    ['and stops at what is false', 'e && a', ''],
    ['precedence', 'z || a && s', 'héllo'],
    ['equality is deep', 'm[0] == `{"k":"b","n":2}`', true],
    ['equality of unlike types', "a == '1'", false],
    ['order is for numbers', "s < 'z'", null],
    ['a raw string with its one escape', "'it\\'s \\n'", "it's \\n"],
    ['a raw string with backslashes', "'a\\\\b'", 'a\\\\b'],
    ['literals', '`{"x":[1.50,-0,"\\u00e9\\`"]}`', '{"x":[1.5,-0,"é`"]}'],
    ['the current node', '@.a', 1],
    ['an expression reference', '&a', '{}'],
    ['abs', 'abs(n)', 1.5],
    ['avg of nothing', 'avg(`[]`)', Number.NaN],
    ['avg of nothing has no JSON', '[avg(`[]`)]', undefined],
    ['ceil and floor', '[ceil(n), floor(n)]', '[-1,-2]'],
    ['contains in a string', "contains(s, 'llo')", true],
    ['contains in an array', "contains(w, 'B')", true],
    ['contains does not convert', "contains(l, '1')", false],
    ['contains of an array in arrays', 'contains(f, `[2]`)', undefined],
    ['ends_with and starts_with', "[ends_with(s, 'lo'), starts_with(s, 'lo')]", '[true,false]'],
    ['join', "join('-', w)", 'b-a-B-é'],
    ['join of numbers', "join('-', l)", undefined],
    ['keys and values', '[keys(h), values(h)]', '[["a","b"],[1e+21,"\\u003c"]]'],
    ['length counts code points', "[length(s), length('😀'), length(l), length(h)]", '[5,1,5,2]'],
    ['length of a number', 'length(a)', undefined],
    ['map keeps nulls', 'map(&k, `[{"k":1},{}]`)', '[1,null]'],
    ['max and min', '[max(l), min(l), max(w), min(w)]', '[4,0,"é","B"]'],
    ['max and min of nothing', '[max(`[]`), min(`[]`)]', '[null,null]'],
    ['max_by and min_by', '[max_by(m, &n).k, min_by(m, &k).n]', '["a",3]'],
    ['max_by of mixed keys', 'max_by(`[{"n":1},{"n":"x"}]`, &n)', undefined],
    ['merge', 'merge(h, `{"b":2}`)', '{"a":1e+21,"b":2}'],
    ['merge of no object', 'merge(h, a)', undefined],
    ['not_null', 'not_null(z, x, s)', 'héllo'],
    ['reverse', '[reverse(s), reverse(l)]', '["olléh",[4,3,2,1,0]]'],
    ['sort', '[sort(w), sort(`[3,1,2]`)]', '[["B","a","b","é"],[1,2,3]]'],
    ['sort of mixed', 'sort(`[1,"a"]`)', undefined],
    ['sort_by', 'sort_by(m, &n)[*].k', '["c","b","a"]'],
    ['sort_by sorts the document', '[sort_by(m, &n)[0].k, m[0].k]', '["c","c"]'],
    ['sum', '[sum(l), sum(`[]`)]', '[10,0]'],
    ['to_array', '[to_array(a), to_array(l)]', '[[1],[0,1,2,3,4]]'],
    [
      'to_number',
      "[to_number('1e3'), to_number('0x1p4'), to_number(' 1'), to_number(t)]",
      '[1000,16,null,null]',
    ],
    ['to_number of infinity', "to_number('inf')", Infinity],
    ['to_string writes standard JSON', 'to_string([h, `1e-7`])', '[{"a":1e+21,"b":"\\u003c"},1e-7]'],
    ['to_string of a string', 'to_string(s)', 'héllo'],
    [
      'type',
      '[type(a), type(s), type(t), type(z), type(l), type(h)]',
      '["number","string","boolean","null","array","object"]',
    ],
    ['an unknown function', 'nosuch(a)', undefined],
    ['a function only later versions know', 'upper(s)', undefined],
    ['too many arguments', 'abs(a, a)', undefined],
    ['not enough arguments', 'not_null()', undefined],
  ])('%s', (_, expression, expected) => {
    expect(compileJmesPath(expression).search(parseJson(document)!)).toEqual(expected);
  });

  test('reads the document null as an empty object that is null only in print', () => {
    const found = (expression: string) => compileJmesPath(expression).search(nilObject);
    expect(found('@')).toBe('null');
    expect(found('a')).toBe(null);
    expect(found('{x: a}')).toBe('{"x":null}');
    expect(found('[type(@), length(@), !@, @ == `{}`, @ == `null`]')).toBe('["object",0,true,false,false]');
  });

  test('a reversed string has no bytes that are not UTF-8', () => {
    expect(compileJmesPath('reverse(s)').search({ s: 'a\udc80' })).toBe('\ufffda');
  });

  test('can compare deep documents', () => {
    const deep = `{"a":${'['.repeat(9000)}${']'.repeat(9000)}}`;
    expect(compileJmesPath('a == @.a').search({ ...(parseJson(deep) as JsonObject) })).toBe(true);
    expect(compileJmesPath('x == y').search({ x: parseJson(deep)!, y: parseJson(deep)! })).toBe(true);
  });

  test.each([
    ['b.'],
    ['l[0'],
    ['@timestamp'],
    ['b-c'],
    ['b -1'],
    ['k8s.io/x'],
    ['$.b'],
    ['1b'],
    ['é'],
    ["l[?b = 'c']"],
    ['x.@'],
    ['`foo`'],
    ['`1e400`'],
    ['b + c'],
    ['b * c'],
    ['a ? b : c'],
    ['let $x = b in $x'],
    ['[a b]'],
    ['[ ]'],
    ['{a: b,}'],
    ['"a"(b)'],
    ['@(a)'],
    ['l[99999999999999999999]'],
    ["'open"],
    ["'open\\'"],
    ['"open'],
    ['"bad \\x"'],
    ['`open'],
    ['(a'],
    ['a b'],
    [''],
    [' '],
  ])('refuses %s', (expression) => {
    expect(() => compileJmesPath(expression)).toThrow(JmesPathSyntaxError);
  });

  test('knows the paths that need no document', () => {
    expect(compileJmesPath('verb').plainPath).toEqual(['verb']);
    expect(compileJmesPath('user . username').plainPath).toEqual(['user', 'username']);
    expect(compileJmesPath('annotations."authorization.k8s.io/decision"').plainPath).toEqual([
      'annotations',
      'authorization.k8s.io/decision',
    ]);
    expect(compileJmesPath('a.b.c').plainPath).toEqual(['a', 'b', 'c']);
    for (const expression of ['a[0]', 'a | b', '@', 'length(a)', 'a.*', '@.a', "'a'", 'a || b', '[a]']) {
      expect(compileJmesPath(expression).plainPath, expression).toBeUndefined();
    }
  });
});
