import type { Flag } from './flag.js';

/** What `-help` prints, in the form of Go's flag package. */
export function helpText(flags: readonly Flag[]): string {
  const sorted = flags.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return `Usage of auditail:\n${sorted.map(describe).join('')}`;
}

function describe({ name, typeName, defaultText, usage }: Flag): string {
  const type = typeName === '' ? '' : ` ${typeName}`;
  const byDefault = defaultText === '' ? '' : ` (default ${defaultText})`;
  return `  -${name}${type}\n    \t${usage}${byDefault}\n`;
}
