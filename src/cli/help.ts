import type { Flag } from './flag.js';

/** What `-help` prints, in the form of Go's flag package. */
export function helpText(flags: readonly Flag[]): string {
  const checks =
    'preflight and verify, as the first word, are commands of their own: auditail preflight -help';
  return `Usage of auditail:\n${describeFlags(flags)}${checks}\n`;
}

/** The flags in the order of their names. */
export function describeFlags(flags: readonly Flag[]): string {
  return flags
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(describe)
    .join('');
}

function describe({ name, typeName, defaultText, usage }: Flag): string {
  const type = typeName === '' ? '' : ` ${typeName}`;
  const byDefault = defaultText === '' ? '' : ` (default ${defaultText})`;
  return `  -${name}${type}\n    \t${usage}${byDefault}\n`;
}
