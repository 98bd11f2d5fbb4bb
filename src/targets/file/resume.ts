import type { Logger } from 'pino';
import type { FileMark } from '../../positions/identity-file.js';
import { findRotated, firstYoungerThan, isTelling, type RotatedFile, timeOf } from './family.js';
import { isSameNumber } from './file-identity.js';
import type { Gap } from './gap.js';
import type { Segment } from './segment.js';

/** By so much a file's times may lag behind the clock that rotation puts into names. */
const clockStepMs = 20;

/** Where an agent goes on after a stop. */
export interface StartingPoint {
  /** The rotated files to read, oldest first. */
  readonly rotated: readonly RotatedFile[];
  /** Where to begin in those that were begun; the others are read from their start. */
  readonly offsets: ReadonlyMap<RotatedFile, number>;
  readonly liveOffset: number;
  /** What is missing before the first of them. */
  readonly gap: Gap | undefined;
}

/**
 * Finds the files of the last run, whatever they are called now, and all that came after the oldest of them. If that is nowhere to be found,
 * what came after it by name or time.
 */
export async function resume(
  path: string,
  live: Segment | undefined,
  rotated: readonly RotatedFile[],
  marks: readonly FileMark[],
  log: Logger,
): Promise<StartingPoint> {
  const offsets = new Map<RotatedFile, number>();
  const missing: FileMark[] = [];
  let liveOffset: number | undefined;
  for (const mark of marks) {
    const place = await find(mark, live, rotated);
    if (place === undefined) missing.push(mark);
    else if (place === 'live') liveOffset = mark.offset;
    else offsets.set(place, mark.offset);
  }
  const first = firstToRead(rotated, offsets, liveOffset !== undefined, marks.at(-1)!);
  const toRead = rotated.slice(first);
  const isNothingFound = offsets.size === 0 && liveOffset === undefined;
  if (isNothingFound) {
    log.warn(
      { path, rotated: toRead.length },
      'the file that was read last is gone; going on with what came after it',
    );
  } else if (toRead.length > 0) {
    log.info({ path, files: toRead.map((file) => file.path) }, 'reading what was rotated away first');
  }
  return {
    rotated: toRead,
    offsets,
    liveOffset: liveOffset ?? 0,
    gap: gapBefore(missing, isNothingFound && toRead.length > 0 && marks.every(isTelling)),
  };
}

async function find(
  mark: FileMark,
  live: Segment | undefined,
  rotated: readonly RotatedFile[],
): Promise<RotatedFile | 'live' | undefined> {
  // With so little known of it, a file that was made since may have its number and its head: what was rotated since is read from its start.
  if (!isTelling(mark) && rotated.some((file) => timeOf(file) > mark.modifiedMs + clockStepMs))
    return undefined;
  const isLive = live !== undefined && (await live.isFileOf(mark));
  if (isLive && isSameNumber(mark, live.look)) return 'live';
  return (await findRotated(mark, rotated)) ?? (isLive ? 'live' : undefined);
}

function firstToRead(
  rotated: readonly RotatedFile[],
  offsets: ReadonlyMap<RotatedFile, number>,
  hasLive: boolean,
  last: FileMark,
): number {
  const first = rotated.findIndex((file) => offsets.has(file));
  if (first >= 0) return first;
  return hasLive ? rotated.length : firstYoungerThan(last, rotated);
}

/**
 * What is lost for certain: files that were not read to their end, and would be known if they were there. And what may be: the last file was pruned, the oldest that is left is
 * younger, and nobody knows what was between them.
 */
function gapBefore(missing: readonly FileMark[], mayHaveLostMore: boolean): Gap | undefined {
  const unread = missing.filter((mark) => mark.size > mark.offset && isTelling(mark));
  const last = missing.at(-1);
  if (last === undefined || (unread.length === 0 && !mayHaveLostMore)) return undefined;
  const bytes = unread.reduce((sum, mark) => sum + mark.size - mark.offset, 0);
  const after = { path: unread[0]?.path ?? last.path, offset: unread[0]?.offset ?? last.offset };
  return mayHaveLostMore
    ? { reason: 'pruned', files: undefined, bytes: undefined, after }
    : { reason: 'pruned', files: unread.length, bytes, after };
}
