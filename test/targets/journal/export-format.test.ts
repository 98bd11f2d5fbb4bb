import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cursorTimeMs, ExportReader } from '../../../src/targets/journal/export-format.js';

const place = (cursor: string) => `__CURSOR=${cursor}\n__REALTIME_TIMESTAMP=5\n__SEQNUM=1\n`;
const binary = Buffer.from('BIN\n\x04\0\0\0\0\0\0\0a\n\nb\n', 'latin1');
const journal = Buffer.concat([
  Buffer.from(`${place('one')}A=b=c\nA=last\nEMPTY=\n`),
  binary,
  Buffer.from(`\n${place('two')}MESSAGE=x\n\n`),
  Buffer.from(`${place('three')}MESSAGE=not all of it`),
]);

it('reads the same entries however the bytes are cut', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(journal.length)), (at) => {
      const reader = new ExportReader();
      const ends = [...at.toSorted((a, b) => a - b), journal.length];
      const entries = ends.flatMap((end, index) => reader.read(journal.subarray(ends[index - 1] ?? 0, end)));
      expect(entries.map(({ cursor, fields }) => [cursor, Object.fromEntries(fields)])).toEqual([
        ['one', { A: 'last', EMPTY: '', BIN: 'a\n\nb' }],
        ['two', { MESSAGE: 'x' }],
      ]);
    }),
  );
});

it('knows the time of a cursor', () => {
  expect(cursorTimeMs('s=9e;i=1;b=01;m=f4;t=660ea8a959d71;x=f9')).toBe(0x660ea8a959d71 / 1000);
  expect(cursorTimeMs('1700000000')).toBeUndefined();
});
