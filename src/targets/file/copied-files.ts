import type { FileMark } from '../../positions/identity-file.js';
import { findRotated, firstYoungerThan, type RotatedFile } from './family.js';
import { openAll } from './open-segments.js';
import type { Segment } from './segment.js';
import type { Siblings } from './siblings.js';

export interface CopiedFiles {
  /** What was rotated since, oldest first. */
  readonly copies: readonly Segment[];
  /** The copy of what `mark` tells of, if it is there: then it is the first. */
  readonly own: Segment | undefined;
}

/** After a file was cut in place: opens the copies that were made of it, of what it was and of what it has been since. */
export async function openCopies(
  siblings: Siblings,
  mark: FileMark,
  isNew: (file: RotatedFile) => boolean,
): Promise<CopiedFiles> {
  const rotated = await siblings.look();
  // However little there was of it: what was copied since the last look is hardly anything else.
  const own = await findRotated(mark, rotated, 1);
  const from = own === undefined ? firstYoungerThan(mark, rotated) : rotated.indexOf(own);
  const files = rotated.slice(from).filter(isNew);
  const copies = await openAll(files);
  // Nobody writes to a copy.
  for (const copy of copies) copy.isFinal = true;
  return { copies, own: own !== undefined && files[0] === own ? copies[0] : undefined };
}
