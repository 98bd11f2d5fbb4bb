import { findRotated, firstYoungerThan, isTelling, type RotatedFile, timeOf } from './family.js';
import { isSameInode } from './file-identity.js';
import type { Gap } from './gap.js';
import { type FoundFiles, maxHeld, openAll } from './open-segments.js';
import type { Segment } from './segment.js';
import type { Siblings } from './siblings.js';

export interface Beginning {
  /** The newest file that is known, and is not at the path any more. */
  readonly newest: Segment;
  /** The files behind it that were seen before and are not open yet. */
  readonly waiting: readonly RotatedFile[];
  /** How many files are open and not read to their end; those that are read, and only perhaps written to, are few. */
  readonly held: number;
  readonly isNew: (file: RotatedFile) => boolean;
}

/** Opens the files that came after the newest one that is known, as many as may be held. */
export async function openYounger(siblings: Siblings, beginning: Beginning): Promise<FoundFiles> {
  const { newest, waiting, held, isNew } = beginning;
  // First the live file, then the names: what is rotated in between is found under both, never under none.
  const live = await siblings.openLive();
  try {
    await newest.refresh();
    const rotated = await siblings.lookBehind(live);
    const mark = { ...newest.mark(), offset: 0 };
    const own = await findRotated(mark, rotated);
    if (own !== undefined) {
      newest.path = own.path;
      newest.isFinal ||= own.name.isFinal;
    }
    const from = own === undefined ? firstYoungerThan(mark, rotated) : rotated.indexOf(own) + 1;
    const younger = rotated.slice(from).filter(isNew);
    const room = Math.max(0, maxHeld - held);
    const isLiveNext = younger.length < room;
    if (!isLiveNext) await live?.close();
    const gone = goneOf(waiting, younger);
    // What is gone is told before what is read next.
    if (room === 0) return { rotated: [], live: undefined, waiting: [...gone, ...younger], gap: undefined };
    const segments = await openAll(younger.slice(0, room));
    for (const segment of segments) await siblings.goOnWhereLeft(segment);
    const after = { path: mark.path, offset: newest.offset };
    const mayBeLost = own === undefined && younger.length > 0 && isTelling(mark);
    const gap = waiting.length > 0 ? gapOf(gone, after) : mayBeLost ? unknownGap(after) : undefined;
    if (!isLiveNext) return { rotated: segments, live: undefined, waiting: younger.slice(room), gap };
    if (live !== undefined) await siblings.goOnWhereLeft(live);
    return { rotated: segments, live, waiting: [], gap };
  } catch (error) {
    await live?.close();
    throw error;
  }
}

/** What was seen before and is gone. Rotation deletes the oldest first. */
function goneOf(waiting: readonly RotatedFile[], younger: readonly RotatedFile[]): readonly RotatedFile[] {
  const [first] = younger;
  const isThere = ({ look }: RotatedFile) => younger.some((file) => isSameInode(file.look, look));
  return waiting.filter((file) => first === undefined || (timeOf(file) < timeOf(first) && !isThere(file)));
}

function gapOf(gone: readonly RotatedFile[], after: Gap['after']): Gap | undefined {
  if (gone.length === 0) return undefined;
  const bytes = gone.reduce((sum, { look }) => sum + look.size, 0);
  return { reason: 'pruned', files: gone.length, bytes, after };
}

/** Ours is gone, so others between it and what is there may be as well. */
function unknownGap(after: Gap['after']): Gap {
  return { reason: 'pruned', files: undefined, bytes: undefined, after };
}
