import { describe, expect, test } from 'vitest';
import { selectorPredicate } from '../../../src/pipeline/selector/match.js';
import { parseSelector } from '../../../src/pipeline/selector/parse.js';

describe('selectorPredicate', () => {
  test.each([
    ['{app="web"}', { app: 'web' }, true],
    ['{app="web"}', { app: 'webx' }, false],
    ['{app="web"}', {}, false],
    ['{app!="web"}', { app: 'api' }, true],
    ['{app!="web"}', {}, true],
    ['{app=~"we|ap."}', { app: 'api' }, true],
    ['{app=~"we|ap."}', { app: 'web' }, false],
    ['{app=~"a.b"}', { app: 'a\nb' }, true],
    ['{app!~"we.*"}', { app: 'web' }, false],
    ['{app!~"we.*"}', { app: 'xweb' }, true],
    ['{app=""}', {}, true],
    ['{app=~".*"}', {}, true],
    ['{app=~".+"}', {}, false],
    ['{a="1",b!="2",c=""}', { a: '1', b: '1' }, true],
    ['{a="1",b!="2",c=""}', { a: '1', b: '2' }, false],
  ])('%s on %j: %s', (text, labels, expected) => {
    const matches = selectorPredicate(parseSelector(text));
    expect(matches(new Map(Object.entries(labels)), neverAsked)).toBe(expected);
  });

  test.each([
    ['|= "err"', 'an error', true],
    ['|= "err"', 'an Error', false],
    ['|= ""', '', true],
    ['!= "err"', 'an error', false],
    ['!= "err"', 'fine', true],
    ['!= ""', 'x', false],
    ['|~ "e[r]+o"', 'an error', true],
    ['|~ "e[r]+o"', 'fine', false],
    ['|~ "a.b"', 'a\nb', false],
    ['|~ "(?s)a.b"', 'a\nb', true],
    ['!~ "(?i)ERR"', 'an error', false],
    ['!~ "(?i)ERR"', 'fine', true],
    ['|= "a" != "b" |~ "c|d" !~ "z"', 'ad', true],
    ['|= "a" != "b" |~ "c|d" !~ "z"', 'abd', false],
    ['|= "a" != "b" |~ "c|d" !~ "z"', 'az', false],
    ['|= "\\x80"', 'a\udc80b', true],
    ['|= "\\xc3"', 'aéb', true],
    ['|= "\\x80"', 'aéb', false],
    ['|~ "a.b"', 'a\udc80b', true],
  ])('%s on %j: %s', (filters, line, expected) => {
    const matches = selectorPredicate(parseSelector(`{app=""} ${filters}`));
    expect(matches(new Map(), () => line)).toBe(expected);
  });

  test('does not look at the line of an entry whose labels do not match', () => {
    const matches = selectorPredicate(parseSelector('{app="web"} |= "x"'));
    expect(matches(new Map(), neverAsked)).toBe(false);
  });

  test.each(['{a=~"("}', '{a!~"("}', '{a="b"} |~ "("', '{a="b"} !~ "("'])(
    'refuses the pattern of %s',
    (text) => {
      expect(() => selectorPredicate(parseSelector(text))).toThrow('missing');
    },
  );
});

function neverAsked(): string {
  throw new Error('the line was asked for');
}
