import fc from 'fast-check';
import { expect, test } from 'vitest';
import { engines } from './engines.js';

const ATOMS = [
  ...[
    'a',
    'b',
    'k',
    '1',
    ' ',
    'é',
    '😀',
    '\\x{fffd}',
    '.',
    '\\d',
    '\\w',
    '\\s',
    '\\D',
    '\\W',
    '\\S',
    '[ab]',
    '[^a]',
    '[^\\d ]',
  ],
  ...[
    '[[:alpha:]]',
    '[a-c1]',
    '[^é]',
    '[\\x{10000}-\\x{10ffff}]',
    '\\n',
    '^',
    '$',
    '\\b',
    '\\B',
    '\\A',
    '\\z',
  ],
];
const REPEATS = ['*', '+', '?', '*?', '+?', '??', '{2}', '{1,2}', '{2,}', '{0,3}?', '{0}'];
const GROUPS = ['(', '(', '(?P<name>', '(?:', '(?i:', '(?s:', '(?m:', '(?U:'];

const { pattern } = fc.letrec<{ pattern: string }>((tie) => ({
  pattern: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(...ATOMS),
    fc.array(tie('pattern'), { minLength: 2, maxLength: 4 }).map((parts) => parts.join('')),
    fc.tuple(tie('pattern'), tie('pattern')).map(([one, other]) => `(?:${one}|${other})`),
    fc.tuple(fc.constantFrom(...GROUPS), tie('pattern')).map(([open, body]) => `${open}${body})`),
    fc.tuple(tie('pattern'), fc.constantFrom(...REPEATS)).map(([body, repeat]) => `(?:${body})${repeat}`),
  ),
}));

const text = fc
  .array(fc.constantFrom(...'aabbk1 Kſ\u212aé\n\r\u2028.', '😀', '\ufffd', '\udc80', '\udcff'), {
    maxLength: 12,
  })
  .map((chars) => chars.join(''));

test('both engines find the same', () => {
  fc.assert(
    fc.property(pattern, fc.array(text, { minLength: 1, maxLength: 5 }), (source, texts) => {
      const [linear, fast] = engines(source);
      if (!fast) return;
      for (const text of texts) {
        expect(fast.test(text)).toBe(linear.test(text));
        expect(fast.groups(text)?.slice()).toEqual(linear.groups(text));
        for (const from of boundariesOf(text)) expect(fast.exec(text, from)).toEqual(linear.exec(text, from));
      }
    }),
    { numRuns: 2000 },
  );
});

function boundariesOf(text: string): number[] {
  const boundaries = [0];
  for (const char of text) boundaries.push(boundaries.at(-1)! + char.length);
  return boundaries;
}
