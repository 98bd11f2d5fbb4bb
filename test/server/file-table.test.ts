import { expect, it } from 'vitest';
import { fileTable } from '../../src/server/file-table.js';
import { ReadRates } from '../../src/server/read-rates.js';

it('shows, of too many files, those that fail and those with the most to read', () => {
  const files = Array.from({ length: 300 }, (_, index) => ({
    path: `/var/log/${index}.log`,
    state: 'reading',
    offset: 0,
    acknowledged: 0,
    size: index,
    lagBytes: index,
    backlogFiles: 0,
    lastError: index < 2 ? 'EACCES' : undefined,
  }));
  const { source } = fileTable(files, new ReadRates(Date.now));
  const paths = [...source.matchAll(/<code>\/var\/log\/(\d+)\.log/g)].map(([, number]) => Number(number));
  expect(paths).toHaveLength(200);
  expect(paths.slice(0, 4)).toEqual([0, 1, 299, 298]);
  expect(source).toContain('And 100 more');
});
