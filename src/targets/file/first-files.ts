import type { Logger } from 'pino';
import type { FileMark, FilePosition } from '../../positions/identity-file.js';
import { offsetByPath } from './offset-by-path.js';
import { type FoundFiles, maxHeld, openAll } from './open-segments.js';
import { resume } from './resume.js';
import type { Segment } from './segment.js';
import type { Siblings } from './siblings.js';

export interface Known {
  readonly path: string;
  readonly hasSiblings: boolean;
  /** What is stored of the path. */
  readonly stored: FilePosition | undefined;
  /** What is known of the file that is now at the path from its time under another name. */
  readonly inherited: FileMark | undefined;
}

/** Opens the files with which to begin, where they were left. */
export async function openFirst(siblings: Siblings, known: Known, log: Logger): Promise<FoundFiles> {
  const { path, hasSiblings, stored, inherited } = known;
  const live = await siblings.openLive();
  try {
    const marks = stored?.files ?? [];
    if (marks.length > 0 && hasSiblings) return await openWhereLeft(siblings, live, path, marks, log);
    if (live === undefined) return { rotated: [], live, waiting: [], gap: undefined };
    const own = marks.at(-1);
    if (own !== undefined && (await live.isFileOf(own))) live.startAt(own.offset);
    else if (inherited !== undefined && (await live.isFileOf(inherited))) live.startAt(inherited.offset);
    else if (stored !== undefined && own === undefined)
      live.startAt(await offsetByPath(path, live.look.size, stored.value, log));
    return { rotated: [], live, waiting: [], gap: undefined };
  } catch (error) {
    await live?.close();
    throw error;
  }
}

async function openWhereLeft(
  siblings: Siblings,
  live: Segment | undefined,
  path: string,
  marks: readonly FileMark[],
  log: Logger,
): Promise<FoundFiles> {
  const start = await resume(path, live, await siblings.lookBehind(live), marks, log);
  const { offsets, liveOffset, gap } = start;
  const rotated = await openAll(start.rotated.slice(0, maxHeld));
  for (const [index, segment] of rotated.entries()) {
    const offset = offsets.get(start.rotated[index]!);
    if (offset === undefined) await siblings.goOnWhereLeft(segment);
    else segment.startAt(offset);
  }
  live?.startAt(liveOffset);
  const waiting = start.rotated.slice(maxHeld);
  if (waiting.length > 0) await live?.close();
  return { rotated, live: waiting.length > 0 ? undefined : live, waiting, gap };
}
