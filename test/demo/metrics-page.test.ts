import { expect, it } from 'vitest';
import { parseMetrics, sumOf } from '../../demo/metrics-page.js';

const page = `# HELP lines Lines read.
# TYPE lines counter
lines{path="/a b",why="say \\"hi\\", \\\\ and\\nbye"} 3
lines{path="/c"} 4.5e1
up 1
seconds_bucket{le="+Inf"} +Inf
`;

it('reads samples with their labels', () => {
  expect(parseMetrics(page)).toEqual([
    { name: 'lines', labels: { path: '/a b', why: 'say "hi", \\ and\nbye' }, value: 3 },
    { name: 'lines', labels: { path: '/c' }, value: 45 },
    { name: 'up', labels: {}, value: 1 },
    { name: 'seconds_bucket', labels: { le: '+Inf' }, value: Number.POSITIVE_INFINITY },
  ]);
});

it('sums the samples that carry the labels', () => {
  const samples = parseMetrics(page);
  expect(sumOf(samples, 'lines')).toBe(48);
  expect(sumOf(samples, 'lines', { path: '/c' })).toBe(45);
  expect(sumOf(samples, 'lines', { path: '/d' })).toBeUndefined();
});
