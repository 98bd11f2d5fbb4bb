import type { RotatedFile } from './family.js';
import { isSameInode } from './file-identity.js';
import { MovedError } from './moved.js';
import { Segment } from './segment.js';

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
