import type { RotatedFile } from './family.js';
import { isSameInode } from './file-identity.js';
import type { Gap } from './gap.js';
import { MovedError } from './moved.js';
import { Segment } from './segment.js';

/** So many files are held open at most for one path; those behind them are opened when the first ones are done with. */
export const maxHeld = 32;

/** Files to be read, opened: those that were rotated away, oldest first, and then what is at the path. */
export interface FoundFiles {
  readonly rotated: readonly Segment[];
  /** Undefined: there is none, or others come before it. */
  readonly live: Segment | undefined;
  /** Rotated files behind these that are not open yet. */
  readonly waiting: readonly RotatedFile[];
  /** What is missing before the first of them. */
  readonly gap: Gap | undefined;
}

/** Undefined: there is no file. */
export async function openIfThere(path: string): Promise<Segment | undefined> {
  try {
    return await Segment.open(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTFILE') return undefined;
    throw error;
  }
}

/** Opens the files as they were seen; none, if one of them is another by now. */
export async function openAll(files: readonly RotatedFile[]): Promise<Segment[]> {
  const segments: Segment[] = [];
  try {
    for (const file of files) segments.push(await openSeen(file));
    return segments;
  } catch (error) {
    for (const segment of segments) await segment.close();
    throw error;
  }
}

async function openSeen({ path, look, name }: RotatedFile): Promise<Segment> {
  const segment = await Segment.open(path, name.isCompressed).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? new MovedError(path) : error;
  });
  if (!isSameInode(segment.look, look)) {
    await segment.close();
    throw new MovedError(path);
  }
  segment.isFinal = name.isFinal || name.isCompressed;
  return segment;
}
