import fc from 'fast-check';

/** JSON documents, and texts that nearly are: random values with odd spellings, then cut, or with a byte put in. */
export function jsonTexts(): fc.Arbitrary<string> {
  return fc
    .tuple(object(plain), object(odd), fc.boolean(), damage())
    .map(([good, bad, isOdd, spoil]) => spoil(isOdd ? bad : good));
}

interface Spelling {
  readonly strings: readonly string[];
  readonly numbers: readonly string[];
  readonly keys: readonly string[];
  readonly words: readonly string[];
  readonly blanks: readonly string[];
}

const plain: Spelling = {
  strings: [
    'a',
    'b',
    'x y',
    'é',
    '日',
    '😀',
    '\\n',
    '\\"',
    '\\\\',
    '\\/',
    '\\u0041',
    '\\ud83d\\ude00',
    '<',
    '\u2028',
  ],
  numbers: [
    '0',
    '7',
    '-1',
    '-0',
    '1.5',
    '-2.25',
    '200',
    '123456789012345678',
    '9007199254740993',
    '1e3',
    '1e-7',
    '1E+21',
  ],
  keys: ['a', 'a', 'b', 'c', 'd.e', '', '__proto__', '1', '\\u0061', 'constructor'],
  words: ['true', 'false', 'null'],
  blanks: ['', '', '', ' ', '\n', '\t', '\r'],
};

const odd: Spelling = {
  strings: [
    ...plain.strings,
    '\\ud800',
    '\\udc00',
    '\\uD83D\\u0041',
    '\t',
    '\\n\t',
    '\x7f',
    '\udc80',
    '\udcff',
    '\\x',
    '\\u12',
    '"',
    '\\',
    '\0',
    '\ufffd',
  ],
  numbers: [
    ...plain.numbers,
    '1e400',
    '1e-400',
    '01',
    '1.',
    '.5',
    '+1',
    '-',
    '-+5',
    '-+.5',
    '--1',
    '1e',
    '1.e5',
    '1_0',
    'NaN',
    '9'.repeat(310),
    `1${'0'.repeat(250)}e60`,
  ],
  keys: [...plain.keys, '\\n', '\\\\', 'a\t', '\udc80'],
  words: [...plain.words, 'nul', 'tru', 'True', ''],
  blanks: [...plain.blanks, '\u00a0', '\v', '\0'],
};

function object(spelling: Spelling): fc.Arbitrary<string> {
  const string = fc
    .array(fc.constantFrom(...spelling.strings), { maxLength: 4 })
    .map((parts) => `"${parts.join('')}"`);
  const key = fc.constantFrom(...spelling.keys).map((name) => `"${name}"`);
  const blank = fc.constantFrom(...spelling.blanks);
  const join = (parts: string[], open: string, close: string, space: string) =>
    `${space}${open}${space}${parts.join(`${space},`)}${close}${space}`;
  return fc.letrec<{ value: string; object: string }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      string,
      fc.constantFrom(...spelling.numbers),
      fc.constantFrom(...spelling.words),
      fc
        .tuple(fc.array(tie('value'), { maxLength: 4 }), blank)
        .map(([parts, space]) => join(parts, '[', ']', space)),
      tie('object'),
    ),
    object: fc.tuple(fc.array(fc.tuple(key, tie('value')), { maxLength: 5 }), blank).map(([members, space]) =>
      join(
        members.map(([name, value]) => `${name}${space}:${space}${value}`),
        '{',
        '}',
        space,
      ),
    ),
  })).object;
}

function damage(): fc.Arbitrary<(text: string) => string> {
  const place = fc.double({ min: 0, max: 1, noNaN: true });
  const inserted = fc.constantFrom(...'"\\,:{}[]0-.en \n\0'.split(''), 'null', '\udc80');
  const appended = fc.constantFrom(' ', '\r\n', '\0', '\0x', 'x', '}', '{}');
  return fc.oneof(
    { weight: 4, arbitrary: fc.constant((text: string) => text) },
    place.map((share) => (text: string) => text.slice(0, share * text.length)),
    fc.tuple(place, inserted).map(([share, part]) => (text: string) => {
      const at = Math.floor(share * text.length);
      return text.slice(0, at) + part + text.slice(at);
    }),
    place.map((share) => (text: string) => {
      const at = Math.floor(share * text.length);
      return text.slice(0, at) + text.slice(at + 1);
    }),
    appended.map((part) => (text: string) => text + part),
  );
}
