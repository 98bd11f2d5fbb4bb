import type { ReceivedEntry } from './loki/stored-stream.js';

const columns = ['verb', 'user', 'resource', 'code'] as const;

/** Counts lines by verb, user, resource and code, the most frequent first; what does not fit is summed up. */
export function tableOf(entries: readonly ReceivedEntry[], maxRows = 20): string {
  const counts = new Map<string, { cells: string[]; count: number }>();
  for (const { labels } of entries) {
    const cells = columns.map((name) => labels[name] ?? '-');
    const key = cells.join('\t');
    const row = counts.get(key) ?? { cells, count: 0 };
    row.count++;
    counts.set(key, row);
  }
  const rows = [...counts.values()].sort((a, b) => b.count - a.count);
  const rest = rows.slice(maxRows);
  const shown = rows.slice(0, maxRows).map(({ cells, count }) => [...cells, String(count)]);
  if (rest.length > 0) {
    const sum = rest.reduce((total, { count }) => total + count, 0);
    shown.push([`(${rest.length} more)`, '', '', '', String(sum)]);
  }
  shown.push(['total', '', '', '', String(entries.length)]);
  return align(
    [...columns, 'events'].map((name) => name.toUpperCase()),
    shown,
  );
}

function align(header: string[], rows: string[][]): string {
  const widths = header.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i]!.length)));
  const print = (row: string[]) =>
    row
      .map((cell, i) => (i === row.length - 1 ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join('  ');
  return [header, ...rows].map(print).join('\n');
}
