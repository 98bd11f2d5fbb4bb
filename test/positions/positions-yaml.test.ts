import { describe, expect, test } from 'vitest';
import { PositionsSyntaxError, parsePositions, printPositions } from '../../src/positions/positions-yaml.js';

describe('printPositions', () => {
  // Each of these was written by a Promtail 3.6 with the same positions.
  test.each<[string, Record<string, string>, string]>([
    ['nothing', {}, 'positions: {}\n'],
    ['an offset in quotes', { '/var/log/app.log': '1234' }, 'positions:\n  /var/log/app.log: "1234"\n'],
    [
      'a cursor without',
      { 'cursor-journal': 's=f96;i=5;b=01;m=f4244;t=660e;x=a4a5' },
      'positions:\n  cursor-journal: s=f96;i=5;b=01;m=f4244;t=660e;x=a4a5\n',
    ],
    [
      'a long path as a complex key',
      { [`/var/log/pods/${'p'.repeat(120)}/0.log`]: '7' },
      `positions:\n  ? /var/log/pods/${'p'.repeat(120)}/0.log\n  : "7"\n`,
    ],
    [
      'quotes where YAML needs them',
      { '/var/log/a: b.log': '1', '/var/log/c #d.log': '2', "/var/log/it's.log": '3' },
      'positions:\n  \'/var/log/a: b.log\': "1"\n  \'/var/log/c #d.log\': "2"\n  /var/log/it\'s.log: "3"\n',
    ],
    ['an emoji as an escape', { '/var/log/😀.log': '1' }, 'positions:\n  "/var/log/\\U0001F600.log": "1"\n'],
    [
      'words that mean something else',
      { a: 'true', b: 'null', c: '1e3', d: '' },
      'positions:\n  a: "true"\n  b: "null"\n  c: "1e3"\n  d: ""\n',
    ],
  ])('writes %s', (_, positions, text) => {
    const map = new Map(Object.entries(positions));
    expect(printPositions(map)).toBe(text);
    expect(parsePositions(text)).toEqual(map);
  });

  test('writes keys in the order in which yaml.v2 does', () => {
    const names = [
      'a10',
      'a2',
      'ab',
      'a_',
      'a-1',
      'cursor-x',
      '/b/1.log',
      '/b/01.log',
      '/b/10.log',
      'a',
      'é',
      'a2b',
    ];
    const text = printPositions(new Map(names.map((name) => [name, 'x'])));
    const order = [...text.matchAll(/^ {2}(.*): x$/gm)].map(([, name]) => name);
    expect(order).toEqual([
      '/b/1.log',
      '/b/01.log',
      '/b/10.log',
      'a',
      'a-1',
      'a_',
      'a2',
      'a2b',
      'a10',
      'ab',
      'cursor-x',
      'é',
    ]);
  });

  test('keeps a path that is not UTF-8', () => {
    const positions = new Map([['/var/log/\udcff.log', '5']]);
    const text = printPositions(positions);
    expect(text).toBe('positions:\n  !!binary L3Zhci9sb2cv/y5sb2c=: "5"\n');
    expect(parsePositions(text)).toEqual(positions);
  });
});

describe('parsePositions', () => {
  test.each<[string, string, Record<string, string>]>([
    ['unquoted numbers', 'positions:\n  /a: 12\n', { '/a': '12' }],
    ['no positions', 'positions:\n', {}],
    ['an empty text', '', {}],
    ['flow style', 'positions: {"/a": "1", /b: \'2\'}', { '/a': '1', '/b': '2' }],
  ])('takes %s', (_, text, positions) => {
    expect(parsePositions(text)).toEqual(new Map(Object.entries(positions)));
  });

  test.each<[string, string]>([
    ['another key', 'position:\n  /a: "1"\n'],
    ['a key beside it', 'positions: {}\nversion: 1\n'],
    ['a list', '- 1\n'],
    ['a text', 'positions\n'],
    ['a key set twice', 'positions:\n  /a: "1"\n  /a: "2"\n'],
    ['a map as value', 'positions:\n  /a: {b: c}\n'],
    ['a torn text', 'positions:\n  /a: "12'],
    ['NUL bytes', '\0'.repeat(40)],
    ['half a key', 'positions:\n  /a: "1"\n  /b'],
  ])('refuses %s', (_, text) => {
    expect(() => parsePositions(text)).toThrow(PositionsSyntaxError);
  });
});
