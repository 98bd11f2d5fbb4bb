import { describe, expect, test } from 'vitest';
import { compileGoRegexp } from '../../../src/go/regexp/go-regexp.js';
import { RegexpSyntaxError } from '../../../src/go/regexp/regexp-syntax-error.js';
import { engines } from './engines.js';
// Both tables were filled in by Go 1.26.
import matches from './matches.json' with { type: 'json' };
import refused from './refused.json' with { type: 'json' };

describe('finds what Go finds', () => {
  test.each(matches)('$pattern in $text', ({ pattern, text, matches }) => {
    const regexp = compileGoRegexp(pattern);
    expect([...regexp.matchAll(text)]).toEqual(matches);
    expect(regexp.exec(text)).toEqual(matches[0]);
    expect(regexp.test(text)).toBe(matches.length > 0);
    expect(regexp.groups(text)?.slice()).toEqual(matches[0] && textsOf(text, matches[0]));
  });

  test.each(matches)('with either engine: $pattern in $text', ({ pattern, text, matches }) => {
    for (const engine of engines(pattern)) expect(engine.exec(text, 0)).toEqual(matches[0]);
  });
});

test.each(Object.entries(refused))('refuses %s as Go does', (pattern, message) => {
  expect(() => compileGoRegexp(pattern)).toThrow(new RegexpSyntaxError(...reasonAndExcerpt(message)));
});

test('refuses a pattern with bytes that are not UTF-8', () => {
  expect(() => compileGoRegexp('a\udcff')).toThrow(/invalid UTF-8/);
});

test.each([
  ['groups', '('.repeat(1001) + ')'.repeat(1001), 'expression nests too deeply'],
  ['text', '(?:a{1000}b)'.repeat(1500), 'expression too large'],
])('refuses too much of a pattern: %s', (_, pattern, reason) => {
  expect(() => compileGoRegexp(pattern)).toThrow(`error parsing regexp: ${reason}`);
});

test('tells the names of groups by their numbers, the same name twice included', () => {
  const regexp = compileGoRegexp('(?P<a>.)(.)(?<b>.)(?P<a>.)');
  expect(regexp.groupNames).toEqual([undefined, 'a', undefined, 'b', 'a']);
  expect(regexp.source).toBe('(?P<a>.)(.)(?<b>.)(?P<a>.)');
});

test('captures the original text where bytes are not UTF-8', () => {
  expect(compileGoRegexp('=(.+)').groups('x=\udc80é\udcff')?.[1]).toBe('\udc80é\udcff');
  expect(compileGoRegexp('=(\\PL+)').groups('x=\udc80\udcff')?.[1]).toBe('\udc80\udcff');
});

describe('options', () => {
  test('anchored: the whole text must match, whichever alternative does', () => {
    const regexp = compileGoRegexp('a|ab', { anchored: true });
    expect(['a', 'ab', 'abc', 'xa', 'a\n'].map((text) => regexp.test(text))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
    expect(regexp.source).toBe('a|ab');
  });

  test('dotAll: a dot matches a newline', () => {
    expect(compileGoRegexp('a.b', { dotAll: true }).test('a\nb')).toBe(true);
    expect(compileGoRegexp('a.b').test('a\nb')).toBe(false);
  });

  test('both, and groups keep their numbers', () => {
    const regexp = compileGoRegexp('(.)(?P<n>.*)', { anchored: true, dotAll: true });
    expect(regexp.groups('x\ny')?.slice()).toEqual(['x\ny', 'x', '\ny']);
    expect(regexp.groupNames).toEqual([undefined, undefined, 'n']);
  });
});

test('exec looks at what stands before the place it starts from', () => {
  const regexp = compileGoRegexp('\\bb|^c');
  expect(regexp.exec('ab b', 1)).toEqual([3, 4]);
  expect(regexp.exec('cc', 1)).toBeUndefined();
});

test('exec goes on in the middle of what a leading loop matched', () => {
  expect(compileGoRegexp('\\d+x').exec('123x', 1)).toEqual([1, 4]);
});

function textsOf(text: string, indexes: readonly number[]): (string | undefined)[] {
  const texts: (string | undefined)[] = [];
  for (let i = 0; i < indexes.length; i += 2) {
    texts.push(indexes[i] === -1 ? undefined : text.slice(indexes[i], indexes[i + 1]));
  }
  return texts;
}

function reasonAndExcerpt(message: string): [string, string] {
  const [, reason, excerpt] = /^error parsing regexp: (.*?): `(.*)`$/s.exec(message)!;
  return [reason!, excerpt!];
}
