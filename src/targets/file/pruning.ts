import type { RotatedFile } from './family.js';

/**
 * When the file at `path` will be deleted, if rotation goes on at its pace and keeps as many files as there are now. Undefined when there are
 * too few to tell, or the file is not among them.
 */
export function prunedInSeconds(
  path: string,
  rotated: readonly RotatedFile[],
  nowMs: number,
): number | undefined {
  const index = rotated.findIndex((file) => file.path === path);
  const times = rotated.map(({ name, look }) => (name.isFinal ? name.order : look.modifiedMs));
  const [first] = times;
  const last = times.at(-1);
  if (index < 0 || first === undefined || last === undefined || times.length < 2) return undefined;
  const periodMs = (last - first) / (times.length - 1);
  return Math.max(0, ((index + 1) * periodMs - (nowMs - last)) / 1000);
}
