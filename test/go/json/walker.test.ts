import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { JsonWalker, kinds } from '../../../src/go/json/walker.js';
import { wantedPaths } from '../../../src/go/json/wanted-paths.js';
import { jsonTexts } from './json-texts.js';

/** What the values at `a` and `a.b` are as written, looking for places only; undefined when the line is refused. */
const wanted = wantedPaths([['a'], ['a', 'b']]);
const walker = new JsonWalker(wanted, true);
function places(text: string): (string | undefined)[] | undefined {
  const bytes = Buffer.from(`before\n${text}`);
  if (!walker.scan(bytes, 7, bytes.length)) return undefined;
  return wanted.pathsOf.map((_, output) =>
    walker.kindOf(output) === kinds.nothing
      ? undefined
      : bytes.toString('utf8', walker.startOf(output), walker.endOf(output)),
  );
}

describe('JsonWalker, looking for places', () => {
  test.each([
    ['values of every kind', '{"a":{"b":[1,{"c":null}]}}', ['{"b":[1,{"c":null}]}', '[1,{"c":null}]']],
    ['null is a value', '{"a":null}', ['null', undefined]],
    ['numbers of any worth', '{"a":{"b":-1.5e+400},"z":1e5}', ['{"b":-1.5e+400}', '-1.5e+400']],
    ['numbers of any length', `{"a":${'1'.repeat(500)}}`, ['1'.repeat(500), undefined]],
    ['deep nesting', `{"z":${'['.repeat(9000)}${']'.repeat(9000)},"a":1}`, ['1', undefined]],
    ['but there is an end', `{"z":${'['.repeat(11_000)}${']'.repeat(11_000)},"a":1}`, undefined],
    ['a wanted key that stands twice', '{"a":1,"a":2}', undefined],
    ['one of them null', '{"a":null,"a":2}', undefined],
    ['within another', '{"a":{"b":1,"b":2}}', undefined],
    ['others may', '{"z":1,"z":2,"a":3}', ['3', undefined]],
    ['an escape in a key could be a wanted one', '{"\\u0061":1}', undefined],
    ['within another', '{"a":{"\\u0062":1}}', undefined],
    ['a slash, too', '{"a":{"x\\/y":1}}', undefined],
    ['and a dot', '{"a":{"x\\u002Ey":1}}', undefined],
    [
      'but none of what Go escapes',
      '{"a":{"\\u0026\\u003c\\u003E\\"\\\\\\n\\u2028\\u0001":1,"b":2}}',
      ['{"\\u0026\\u003c\\u003E\\"\\\\\\n\\u2028\\u0001":1,"b":2}', '2'],
    ],
    ['in a value', '{"a":{"b":"\\u0026"}}', ['{"b":"\\u0026"}', '"\\u0026"']],
    ['an exponent without digits', '{"z":1e}', undefined],
    ['an exponent with a sign and no digits', '{"z":1e+,"a":1}', undefined],
    ['two points', '{"z":1.2.3}', undefined],
  ])('%s', (_, text, values) => {
    expect(places(text)).toEqual(values);
  });

  test('takes what JSON.parse takes and refuses what it refuses, but for keys twice or in disguise', () => {
    let taken = 0;
    fc.assert(
      fc.property(
        jsonTexts().map((text) => text.toWellFormed()),
        (text) => {
          const document = parsed(text);
          const found = places(text);
          if (typeof document !== 'object' || document === null || Array.isArray(document)) {
            expect(found).toBeUndefined();
          } else if (found === undefined) {
            expect(text).toMatch(/\\|"a".*"a"|"b".*"b"/s);
          } else {
            taken++;
            const { a } = document as { a?: unknown };
            expect(found[0] === undefined ? undefined : JSON.parse(found[0])).toEqual(a);
          }
        },
      ),
      { numRuns: 3000 },
    );
    expect(taken).toBeGreaterThan(500);
  });
});

describe('JsonWalker, looking for markers', () => {
  const texts = [
    'eyJ',
    'yJ',
    'AKIA',
    'AS',
    'Secret"',
    '-applied',
    'TokenRe',
    '\\u004',
    'PRIVATE',
    'OAuth',
    'Be',
  ];
  const searching = new JsonWalker(wanted, true);
  texts.forEach(
    (text, index) => void searching.addMarker({ text, pairAt: index % (text.length - 1), bits: 1 << index }),
  );

  /** Those between `from` and `to`. */
  function found(from: number, to: number): string[] {
    const bits = searching.findMarkers(from, to);
    return texts.filter((_, index) => (bits & (1 << index)) !== 0);
  }

  test('finds those that stand there whole, wherever that is', () => {
    const piece = fc.oneof(
      fc.constantFrom(...texts),
      fc.constantFrom(...texts).map((text) => text.slice(1)),
      fc.stringMatching(/^[ -~]{0,20}$/),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.nat(), fc.nat(), (pieces, cutFront, cutBack) => {
        const text = `{"z":${JSON.stringify(pieces.join(''))}}`;
        const bytes = Buffer.from(`before\n${text}\neyJ after`);
        const end = 7 + text.length;
        expect(searching.scan(bytes, 7, end)).toBe(true);
        const from = 7 + (cutFront % text.length);
        const to = end - (cutBack % (end - from));
        const part = bytes.toString('latin1', from, to);
        expect(found(from, to)).toEqual(texts.filter((each) => part.includes(each)));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('JsonWalker, looking for names of parameters', () => {
  /** Whether the names in this URL are trusted once `trusted` are. */
  function areTrusted(url: string, trusted: readonly string[]): boolean {
    const walker = new JsonWalker(wanted, true);
    const text = `{"a":"${url}","z":"${trusted.join('=')}="}`;
    const bytes = Buffer.from(text);
    expect(walker.scan(bytes, 0, bytes.length)).toBe(true);
    let at = text.indexOf('"z":"') + 5;
    for (const name of trusted) {
      walker.trustName(at, at + Buffer.byteLength(name));
      at += Buffer.byteLength(name) + 1;
    }
    return walker.hasTrustedNames(6, 6 + Buffer.byteLength(url));
  }

  test.each([
    ['/api/v1/pods', [], true],
    ['', [], true],
    ['/api?watch=true', ['watch'], true],
    ['/api?watch=true', [], false],
    ['/api?watch=true', ['watches'], false],
    ['/api?watches=true', ['watch'], false],
    ['/api?watch', [], true],
    ['/api?limit=1&watch=true', ['watch', 'limit'], true],
    ['/api?limit=1&watch=true', ['watch'], false],
    ['/api?limit=1;watch=true', ['limit'], false],
    ['/api?limit=1\\u0026watch=true', ['watch', 'limit'], true],
    ['/api?limit=1\\u0026watch=true', ['limit'], false],
    ['/api?limit=1\\u0027watch=true', ['limit', 'watch'], false],
    ['/api?limit=1\\"', ['limit'], false],
    ['/api\\u003flimit=1', ['limit'], false],
    ['/a=b', [], true],
    ['/api?limit=a=b', ['limit'], true],
    ['/api?=b', [''], false],
    ['/api?é=b', ['é'], false],
    [`/api?${'n'.repeat(32)}=b`, ['n'.repeat(32)], true],
    [`/api?${'n'.repeat(33)}=b`, ['n'.repeat(33)], false],
  ])('%s with %j: %s', (url, trusted, expected) => {
    expect(areTrusted(url, trusted)).toBe(expected);
  });
});

describe('JsonWalker, looking for combinations', () => {
  const combining = () => {
    const combined = wantedPaths([['a'], ['a', 'b'], ['c']]);
    const walker = new JsonWalker(combined, true);
    walker.combine([1, 2]);
    return (text: string) => {
      expect(walker.scan(Buffer.from(text), 0, Buffer.byteLength(text))).toBe(true);
      return walker.findCombination();
    };
  };

  test.each([
    ['of the same values', '{"a":{"b":"x"},"c":1}', '{"c" : 1,"d":2,"a":{"b":"x"}}', true],
    ['of values that are not there', '{"c":"x"}', '{"a":1,"c":"x"}', true],
    ['of another value', '{"a":{"b":"x"}}', '{"a":{"b":"y"}}', false],
    ['of one that is longer', '{"a":{"b":"x"}}', '{"a":{"b":"xx"}}', false],
    ['of a value elsewhere', '{"a":{"b":"x"}}', '{"c":"x"}', false],
    ['of a number and a text', '{"c":1}', '{"c":"1"}', false],
    ['of a value and none', '{"c":""}', '{}', false],
    ['of null and none', '{"c":null}', '{}', false],
    ['of a value written in another way', '{"c":"\\u0041"}', '{"c":"A"}', false],
    ['of an end that moves', '{"a":{"b":"x"},"c":"yx"}', '{"a":{"b":"xy"},"c":"x"}', false],
  ])('tells those %s', (_, one, other, areSame) => {
    const find = combining();
    expect(find(one)).toBe(-1);
    expect(find(one)).toBe(0);
    expect(find(other)).toBe(areSame ? 0 : -2);
    expect(find(one)).toBe(0);
  });

  test('takes those that are too long for new ones', () => {
    const find = combining();
    const long = JSON.stringify({ c: 'x'.repeat(1024) });
    expect(find(long)).toBe(find(long));
    expect(find(long)).toBeLessThan(0);
    expect(find('{"c":1}')).toBe(-1);
  });

  test('tells those apart that clients have given the same hash, and does not try too many of them', () => {
    const walker = new JsonWalker(wanted, true);
    walker.combine([0]);
    const multiplier = 0x9e3779b97f4a7c15n;
    /** What the hash makes of the first eight bytes, before the third eight come in. */
    const stepped = (bytes: Buffer) => {
      const product = (bytes.readBigUInt64LE(0) * multiplier) & 0xffff_ffff_ffff_ffffn;
      return ((product << 29n) | (product >> 35n)) & 0xffff_ffff_ffff_ffffn;
    };
    const wantedStep = stepped(Buffer.from('"first..'));
    const lines: Buffer[] = [];
    for (let i = 0; lines.length < 200; i++) {
      const value = Buffer.from(`"${String(i).padStart(7)}-between-........"`);
      value.writeBigUInt64LE(stepped(value) ^ wantedStep ^ 0x3131_3131_3131_3131n, 16);
      const text = value.subarray(1, -1);
      if (!text.some((byte) => byte < 0x20 || byte === 0x22 || byte === 0x5c))
        lines.push(Buffer.concat([Buffer.from('{"a":'), value, Buffer.from('}')]));
    }
    const find = (line: Buffer) => (walker.scan(line, 0, line.length) ? walker.findCombination() : undefined);
    const firsts = lines.map(find);
    expect(firsts.slice(0, 65)).toEqual(Array.from({ length: 65 }, (_, index) => -1 - (index % 64)));
    expect(find(lines.at(-1)!)).toBe(-1 - firsts.at(-1)!);
    expect(find(lines[0]!)).toBeLessThan(0);
  });

  test('does not try too many, either, when those of several hashes stand behind each other', () => {
    const walker = new JsonWalker(wanted, true);
    walker.combine([0]);
    const find = (value: string) => {
      const line = Buffer.from(`{"a":${value}}`);
      return walker.scan(line, 0, line.length) ? walker.findCombination() : undefined;
    };
    const values = Array.from({ length: 40_000 }, (_, index) => `"${index}"`)
      .map((value) => ({ value, slot: slotOf(value) }))
      .filter(({ slot }) => slot < 128)
      .sort((one, other) => other.slot - one.slot);
    const taken = new Set<number>();
    let count = 0;
    for (const { value, slot } of values) {
      let free = slot;
      while (taken.has(free)) free++;
      if (free - slot >= 64) {
        taken.clear();
        free = slot;
        count = 0;
      }
      taken.add(free);
      expect(find(value)).toBe(-1 - count++);
    }
  });

  test('forgets all when there is no room', () => {
    const find = combining();
    const numbers = new Map<number, string>();
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 7000; i++) {
        const text = JSON.stringify({ a: { b: 'x'.repeat(i % 300) }, c: i });
        const found = find(text);
        if (found >= 0) expect(numbers.get(found)).toBe(text);
        else numbers.set(-1 - found, text);
      }
    }
    expect(Math.max(...numbers.keys())).toBeLessThan(4096);
    expect(find(numbers.get(0)!)).toBe(0);
  });
});

/** Where in the table a combination of one short value is looked for first. */
function slotOf(value: string): number {
  const bytes = Buffer.alloc(16);
  bytes.write(value);
  const multiplier = 0x9e3779b97f4a7c15n;
  const rotated = (word: bigint, by: bigint) => BigInt.asUintN(64, (word << by) | (word >> (64n - by)));
  const mixed = (at: number, by: bigint) =>
    rotated(BigInt.asUintN(64, bytes.readBigUInt64LE(at) * multiplier), by);
  const hash = BigInt.asUintN(64, (mixed(0, 29n) ^ rotated(mixed(8, 31n), 17n)) * multiplier);
  return Number(hash >> 51n);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
