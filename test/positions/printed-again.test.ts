import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type FileMark,
  IdentityFilePrinter,
  type IdentityRecord,
} from '../../src/positions/identity-file.js';
import { PositionsPrinter, printPositions } from '../../src/positions/positions-yaml.js';

const keys = fc.constantFrom(
  '/b/1.log',
  '/b/2.log',
  '/b/10.log',
  '/b/a.log',
  'cursor-x',
  '/é.log',
  '/é b.log',
);
const numbers = fc.nat({ max: 2 });
const mark = fc.record({
  path: keys,
  dev: fc.constantFrom('1', '2'),
  ino: fc.constantFrom('3', '4'),
  bornMs: numbers,
  headBytes: numbers,
  headHash: fc.constantFrom('', 'a'),
  offset: numbers,
  size: numbers,
  modifiedMs: numbers,
});
const record: fc.Arbitrary<IdentityRecord> = fc.record(
  {
    value: fc.constantFrom('1', '2'),
    previous: fc.constantFrom('1', null),
    files: fc.array(mark, { maxLength: 2 }),
  },
  { requiredKeys: ['value', 'files'] },
);

const aMark: FileMark = {
  path: '/a.log',
  dev: '1',
  ino: '2',
  bornMs: 3,
  headBytes: 4,
  headHash: 'a',
  offset: 5,
  size: 6,
  modifiedMs: 8,
};

/** What is saved one after the other. */
const saves = <T>(value: fc.Arbitrary<T>) => fc.array(fc.array(fc.tuple(keys, value)), { maxLength: 5 });

test('positions are written as if for the first time', () => {
  fc.assert(
    fc.property(saves(fc.constantFrom('1', '2', 'a b')), (all) => {
      const printer = new PositionsPrinter();
      for (const pairs of all) {
        const positions = new Map(pairs);
        expect(printer.print(positions)).toBe(printPositions(positions));
      }
    }),
  );
});

test('identities are written as if for the first time', () => {
  fc.assert(
    fc.property(saves(record), (all) => {
      const printer = new IdentityFilePrinter();
      for (const pairs of all) {
        const records = new Map(pairs);
        expect(printer.print(records)).toBe(new IdentityFilePrinter().print(records));
      }
    }),
  );
});

test.each(Object.keys(aMark))('a change of nothing but %s in an identity is written', (field) => {
  const printer = new IdentityFilePrinter();
  const print = (mark: FileMark) =>
    JSON.parse(printer.print(new Map([['/a.log', { value: '1', files: [mark] }]])));
  expect(print(aMark).positions['/a.log'].files).toEqual([aMark]);
  const changed = { ...aMark, [field]: 7 };
  expect(print(changed).positions['/a.log'].files).toEqual([changed]);
});
