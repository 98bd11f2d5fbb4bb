import type { RotatedFile } from './family.js';
import { isSameInode } from './file-identity.js';
import { Segment } from './segment.js';

/** Names change while they are being looked at; so often we look again before we leave it to the next time. */
const maxLooks = 5;

/** What is at a name is not what was there a moment ago. */
export class MovedError extends Error {
  readonly code = 'EMOVED';
}

/** Does it again when names were moved in the middle of it. */
export async function repeatWhileMoving<T>(work: () => Promise<T>): Promise<T> {
  for (let looks = 1; ; looks++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof MovedError) || looks >= maxLooks) throw error;
    }
  }
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
