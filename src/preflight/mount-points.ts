import { readFile, realpath } from 'node:fs/promises';
import { fsPath } from '../entry/text.js';

/** Whether something is mounted right at this path: of a file, a bind mount of that file alone. False where there is no /proc. */
export async function isMountPoint(path: string): Promise<boolean> {
  const real = await realpath(fsPath(path)).catch(() => path);
  const table = await readFile('/proc/self/mountinfo', 'utf8').catch(() => '');
  return table.split('\n').some((line) => fromOctal(line.split(' ')[4] ?? '') === real);
}

/** Blanks and the like are octal in the table. */
function fromOctal(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
