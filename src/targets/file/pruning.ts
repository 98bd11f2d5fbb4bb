import { type RotatedFile, timeOf } from './family.js';

/**
 * When the oldest of the `unread` youngest rotated files will be deleted, if rotation goes on at its pace and keeps as many files as there are
 * now; 0 when it has been already, and is only held open. Undefined when there are too few to tell.
 */
export function prunedInSeconds(
  unread: number,
  rotated: readonly RotatedFile[],
  nowMs: number,
): number | undefined {
  const times = rotated.map(timeOf);
  const [first] = times;
  const last = times.at(-1);
  if (unread === 0 || first === undefined || last === undefined || times.length < 2) return undefined;
  if (unread > times.length) return 0;
  const periodMs = (last - first) / (times.length - 1);
  const before = times.length - unread;
  return Math.max(0, ((before + 1) * periodMs - (nowMs - last)) / 1000);
}
