import type { Logger } from 'pino';
import type { FileMark, FilePosition } from '../../positions/identity-file.js';
import type { RotatedFile } from './family.js';
import { type FoundFiles, maxHeld, openAll } from './open-segments.js';
import { resume, type StartingPoint } from './resume.js';
import { parseOffset } from './saved-offset.js';
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
    if (marks.length > 0 && hasSiblings) {
      const start = await resume(path, live, await siblings.lookBehind(live), marks, log);
      return await openAt(siblings, live, start);
    }
    if (live === undefined) return only(undefined);
    const own = marks.at(-1);
    for (const mark of [own, inherited]) {
      if (mark === undefined || !(await live.isFileOf(mark))) continue;
      live.startAt(mark.offset);
      return only(live);
    }
    if (stored === undefined || own !== undefined) return only(live);
    return await openByOffset(siblings, live, path, stored.value, log);
  } catch (error) {
    await live?.close();
    throw error;
  }
}

/**
 * All that is known is an offset: a Promtail's, or one that somebody wrote. Where it is not the end of a line, or beyond the file's, it is that
 * of another file, which was rotated away since.
 */
async function openByOffset(
  siblings: Siblings,
  live: Segment,
  path: string,
  value: string,
  log: Logger,
): Promise<FoundFiles> {
  const offset = parseOffset(path, value);
  if (await live.endsLineAt(offset)) {
    live.startAt(offset);
    return only(live);
  }
  const rotated = await siblings.lookBehind(live);
  const index = await findByOffset(rotated, offset);
  const told = { path, offset, size: live.look.size };
  if (index < 0)
    log.warn(told, 'the saved offset is not of this file: it was cut or replaced; reading it from its start');
  else
    log.info(
      { ...told, file: rotated[index]!.path },
      'going on in the rotated file that the saved offset fits',
    );
  const toRead = index < 0 ? [] : rotated.slice(index);
  return openAt(siblings, live, {
    rotated: toRead,
    offsets: new Map(toRead.slice(0, 1).map((file) => [file, offset])),
    liveOffset: 0,
    gap: undefined,
  });
}

/** The place of the youngest file that has a line that ends there. */
async function findByOffset(rotated: readonly RotatedFile[], offset: number): Promise<number> {
  for (let index = rotated.length - 1; index >= 0; index--) {
    const [segment] = await openAll([rotated[index]!]);
    const fits = await segment!.endsLineAt(offset).finally(() => segment!.close());
    if (fits) return index;
  }
  return -1;
}

async function openAt(
  siblings: Siblings,
  live: Segment | undefined,
  { rotated, offsets, liveOffset, gap }: StartingPoint,
): Promise<FoundFiles> {
  const segments = await openAll(rotated.slice(0, maxHeld));
  for (const [index, segment] of segments.entries()) {
    const offset = offsets.get(rotated[index]!);
    if (offset === undefined) await siblings.goOnWhereLeft(segment);
    else segment.startAt(offset);
  }
  live?.startAt(liveOffset);
  const waiting = rotated.slice(maxHeld);
  if (waiting.length > 0) await live?.close();
  return { rotated: segments, live: waiting.length > 0 ? undefined : live, waiting, gap };
}

function only(live: Segment | undefined): FoundFiles {
  return { rotated: [], live, waiting: [], gap: undefined };
}
