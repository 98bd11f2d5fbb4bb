import type { Logger } from 'pino';
import type { FileMetrics } from '../../metrics/file-metrics.js';
import type { FileMark, FilePosition } from '../../positions/identity-file.js';
import type { PositionSource } from '../../positions/tracked-positions.js';
import {
  findRotated,
  firstYoungerThan,
  isTelling,
  lookAt,
  lookAtFamily,
  type RotatedFile,
} from './family.js';
import type { FileClaims } from './file-claims.js';
import { type FileLook, isSameInode } from './file-identity.js';
import type { Gap } from './gap.js';
import { MovedError, repeatWhileMoving } from './moved.js';
import { offsetByPath } from './offset-by-path.js';
import { openAll, openIfThere } from './open-segments.js';
import { resume, type StartingPoint } from './resume.js';
import type { Segment } from './segment.js';

export interface LineageDeps {
  readonly path: string;
  /** The reader's name: job and labels. */
  readonly reader: string;
  /** False for a path that is itself a rotated name of a file that is followed: then its siblings are not its own. */
  readonly hasSiblings: boolean;
  /** Whether what is at the path now is read under another path: then this one's time is over. */
  readonly isOthers: (live: Segment) => Promise<boolean>;
  /** What an earlier agent has noted of a file of the path's family, under whatever name. */
  readonly inheritance: (segment: Segment) => Promise<FileMark | undefined>;
  readonly claims: FileClaims;
  readonly metrics: FileMetrics;
  readonly log: Logger;
}

/** So many files are held open at most for one path; those behind them are found when the first ones are done with. */
const maxHeld = 32;

/**
 * The files that one path stands for, oldest first: those that were rotated away and are not read to their end yet, and the live one.
 * Finds rotated ones by their identity among the names beside the path, while running and after a stop.
 */
export class Lineage implements PositionSource {
  readonly #deps: LineageDeps;
  #segments: Segment[] = [];
  #hasLive = false;
  #rotated: readonly RotatedFile[] = [];
  #turn: Promise<unknown> = Promise.resolve();
  #isClosed = false;
  #beginAgain = async () => {};

  constructor(deps: LineageDeps) {
    this.#deps = deps;
  }

  get segments(): readonly Segment[] {
    return this.#segments;
  }

  /** The file to read now: the oldest that is not read to its end, at last the live one. */
  get current(): Segment | undefined {
    return this.#segments.find((segment) => segment.state === 'reading');
  }

  get newest(): Segment | undefined {
    return this.#segments.at(-1);
  }

  /** Whether the newest segment is what is at the path. */
  get hasLive(): boolean {
    return this.#hasLive;
  }

  /** The rotated files beside the path, oldest first, when last looked at. */
  get rotated(): readonly RotatedFile[] {
    return this.#rotated;
  }

  /** Finds where to begin. `inherited` is what is known of the file that is now at the path from its time under another name. */
  begin(stored: FilePosition | undefined, inherited: FileMark | undefined): Promise<void> {
    this.#beginAgain = () => this.#begin(stored, inherited);
    return this.#inTurn(() => repeatWhileMoving(this.#beginAgain));
  }

  /** Looks for what has been rotated, or has grown. True when there is something to do that there was not before. */
  look(): Promise<boolean> {
    return this.#inTurn(() =>
      this.#isClosed ? Promise.resolve(false) : repeatWhileMoving(() => this.#look()),
    );
  }

  /** The content of `segment` is not what it was: it was cut, and perhaps written anew. */
  restart(segment: Segment): Promise<void> {
    return this.#inTurn(() => repeatWhileMoving(() => this.#restart(segment)));
  }

  /** What is in `segment` behind its offset cannot be read. */
  async giveUp(segment: Segment): Promise<void> {
    segment.state = 'done';
    await segment.close();
    const bytes = Math.max(0, segment.contentBytes - segment.offset);
    const after = { path: segment.path, offset: segment.offset };
    this.#report({ reason: 'unreadable', files: 1, bytes, after }, this.current);
  }

  /** What to save: nothing that is not settled is passed over, and the live file's offset is one that a Promtail can go on from. */
  position(): FilePosition | undefined {
    const newest = this.newest;
    if (newest === undefined) return undefined;
    const files = this.#segments.slice(this.#firstNeeded).map((segment) => segment.mark());
    return { value: String(this.#hasLive ? newest.progress.settledTo : 0), files };
  }

  /** Nothing that was read is still on its way. */
  get isSettled(): boolean {
    return this.#segments.every((segment) => segment.progress.isSettled);
  }

  /** Forgets files that are done with. */
  prune(): void {
    this.#segments = this.#segments.slice(this.#firstNeeded);
  }

  async close(): Promise<void> {
    await this.#inTurn(async () => {
      this.#isClosed = true;
      for (const segment of this.#segments) await segment.close();
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /** Finished files behind one that is not are kept in mind: or else they would be read again with it. */
  get #firstNeeded(): number {
    const isNeeded = (segment: Segment) => segment.state !== 'done' || !segment.progress.isSettled;
    const first = this.#segments.findIndex(isNeeded);
    return first < 0 ? this.#segments.length - 1 : first;
  }

  async #begin(stored: FilePosition | undefined, inherited: FileMark | undefined): Promise<void> {
    const { path, hasSiblings, log } = this.#deps;
    const live = await this.#openLive();
    try {
      const marks = stored?.files ?? [];
      if (marks.length > 0 && hasSiblings) {
        const rotated = await this.#lookBehind(live);
        await this.#take(await resume(path, live, rotated, marks, log), live);
        return;
      }
      if (live === undefined) return;
      const own = marks.at(-1);
      if (own !== undefined && (await live.isFileOf(own))) live.startAt(own.offset);
      else if (inherited !== undefined && (await live.isFileOf(inherited))) live.startAt(inherited.offset);
      else if (stored !== undefined && own === undefined)
        live.startAt(await offsetByPath(path, live.look.size, stored.value, log));
      this.#append([], live);
    } catch (error) {
      await live?.close();
      throw error;
    }
  }

  async #take(
    { rotated, offsets, liveOffset, gap }: StartingPoint,
    live: Segment | undefined,
  ): Promise<void> {
    const segments = await openAll(rotated.slice(0, maxHeld));
    for (const [index, segment] of segments.entries()) {
      const offset = offsets.get(rotated[index]!);
      if (offset === undefined) await this.#goOnWhereLeft(segment);
      else segment.startAt(offset);
    }
    live?.startAt(liveOffset);
    if (rotated.length > maxHeld) await live?.close();
    this.#append(segments, rotated.length > maxHeld ? undefined : live, gap);
  }

  /** What is at the path, if it is for us to read. */
  async #openLive(): Promise<Segment | undefined> {
    const live = await openIfThere(this.#deps.path);
    if (live === undefined || !(await this.#deps.isOthers(live))) return live;
    await live.close();
    return undefined;
  }

  async #look(): Promise<boolean> {
    const { path } = this.#deps;
    const newest = this.newest;
    const atPath = await lookAt(path);
    if (atPath !== undefined && newest?.isOpen && isSameInode(newest.look, atPath))
      return this.#lookAtLive(newest, atPath);
    if (newest === undefined) {
      // There was nothing when we began (a folder that is mounted late): what was stored still tells where to go on.
      await this.#beginAgain();
      return this.newest !== undefined;
    }
    if (this.#segments.filter((segment) => segment.state !== 'done').length >= maxHeld) return false;

    // First the live file, then the names: what is rotated in between is found under both, never under none.
    const live = await this.#openLive();
    try {
      const { segments, gap } = await this.#findYounger(newest, live);
      if (live !== undefined) await this.#goOnWhereLeft(live);
      const isTooMany = segments.length >= maxHeld;
      const hadLive = this.#hasLive;
      if (isTooMany) await live?.close();
      this.#append(segments, isTooMany ? undefined : live, gap);
      return hadLive || segments.length > 0 || live !== undefined;
    } catch (error) {
      await live?.close();
      throw error;
    }
  }

  async #lookAtLive(live: Segment, now: FileLook): Promise<boolean> {
    const { look } = live;
    live.see(now);
    await live.growHead();
    live.path = this.#deps.path;
    // It was moved away, and back.
    const isBack = !this.#hasLive;
    this.#hasLive = true;
    live.isDrained = false;
    live.state = 'reading';
    const isRewritten = live.look.size === look.size && live.look.modifiedMs !== look.modifiedMs;
    return isBack || isRewritten || live.look.size !== live.seenTo;
  }

  /** The rotated files that came after the newest one that is known. */
  async #findYounger(
    newest: Segment,
    live: Segment | undefined,
  ): Promise<{ segments: Segment[]; gap: Gap | undefined }> {
    const { hasSiblings } = this.#deps;
    await newest.refresh();
    const rotated = hasSiblings ? await this.#lookBehind(live) : [];
    const mark = { ...newest.mark(), offset: 0 };
    const own = await findRotated(mark, rotated);
    if (own !== undefined) {
      newest.path = own.path;
      newest.isFinal ||= own.name.isFinal;
    }

    const from = own === undefined ? firstYoungerThan(mark, rotated) : rotated.indexOf(own) + 1;
    const younger = rotated.slice(from).filter((file) => this.#isNew(file));
    const segments = await openAll(younger.slice(0, maxHeld));
    for (const segment of segments) await this.#goOnWhereLeft(segment);
    // Rotation deletes the oldest first: ours is gone, so others between it and these may be as well.
    const after = { path: mark.path, offset: newest.offset };
    const mayBeLost = own === undefined && younger.length > 0 && isTelling(mark);
    return {
      segments,
      gap: mayBeLost ? { reason: 'pruned', files: undefined, bytes: undefined, after } : undefined,
    };
  }

  /** The rotated files behind the live one; if that has itself been rotated in the meantime, what is younger would be put before it. */
  async #lookBehind(live: Segment | undefined): Promise<readonly RotatedFile[]> {
    const { path } = this.#deps;
    const family = await lookAtFamily(path);
    const atPath = live === undefined ? undefined : await lookAt(path);
    if (live !== undefined && (atPath === undefined || !isSameInode(atPath, live.look)))
      throw new MovedError(path);
    this.#rotated = family.filter((file) => live === undefined || !isSameInode(file.look, live.look));
    return this.#rotated;
  }

  /** A file that was at the path before, went, and is back; or that was read by itself until now. */
  async #goOnWhereLeft(segment: Segment): Promise<void> {
    const { claims, reader, inheritance } = this.#deps;
    const known = await claims.find(reader, segment.look, (head) => segment.hasHead(head));
    if (known !== undefined) return segment.startAt(known.segment.offset, known.segment.progress);
    const mark = await inheritance(segment);
    if (mark !== undefined) segment.startAt(mark.offset);
  }

  #append(rotated: readonly Segment[], live: Segment | undefined, gap?: Gap): void {
    const { claims, path, reader } = this.#deps;
    const added = live === undefined ? rotated : [...rotated, live];
    this.#hasLive = live !== undefined;
    for (const segment of added) claims.add({ path, reader, segment });
    this.#segments.push(...added);
    if (gap !== undefined) this.#report(gap, added[0]);
  }

  async #restart(segment: Segment): Promise<void> {
    const { path, reader, claims, log, hasSiblings } = this.#deps;
    const before = segment.mark();
    const { offset, progress } = segment;
    const rotated = hasSiblings ? await lookAtFamily(path) : [];
    // However little there was of it: what was copied since the last look is hardly anything else.
    const copy = await findRotated({ ...before, offset }, rotated, 1);
    const from = copy === undefined ? firstYoungerThan(before, rotated) : rotated.indexOf(copy);
    const files = rotated.slice(from).filter((file) => this.#isNew(file));
    const copies = await openAll(files.slice(0, maxHeld));
    for (const each of copies) {
      // Nobody writes to a copy.
      each.isFinal = true;
      claims.add({ path, reader, segment: each });
    }
    // Only now: until its copies are claimed, they are known by what the file was.
    const size = await segment.startOver();
    this.#segments.splice(this.#segments.indexOf(segment), 0, ...copies);
    if (copy !== undefined && files[0] === copy) {
      // The copy has the same bytes at the same offsets: what is on its way from the old file is on its way from the copy.
      copies[0]!.startAt(offset, progress);
      log.info({ path, copy: copy.path, offset }, 'the file was copied and cut; going on in the copy');
      return;
    }
    const bytes = Math.max(0, size - offset);
    log.info({ path, offset, unread: bytes }, 'the file was cut; reading it from its start');
    const after = { path: segment.path, offset };
    if (bytes > 0) this.#report({ reason: 'cut', files: 0, bytes, after }, copies[0] ?? segment);
  }

  /** Nobody reads it yet. */
  #isNew(file: RotatedFile): boolean {
    if (this.#deps.claims.isFollowed(file.path)) return false;
    return !this.#segments.some((segment) => segment.isOpen && isSameInode(segment.look, file.look));
  }

  #report(gap: Gap, next: Segment | undefined): void {
    const { path, log, metrics } = this.#deps;
    log.error({ path, gap }, 'lines are lost: they were gone before they could be read');
    metrics.gaps.inc({ reason: gap.reason });
    metrics.lostFiles.inc({ reason: gap.reason }, gap.files ?? 0);
    metrics.lostBytes.inc({ reason: gap.reason }, gap.bytes ?? 0);
    if (next !== undefined) next.gap = gap;
  }
}
