import type { Logger } from 'pino';
import type { FileMetrics } from '../../metrics/file-metrics.js';
import type { FileMark, FilePosition } from '../../positions/identity-file.js';
import type { PositionSource } from '../../positions/tracked-positions.js';
import { openCopies } from './copied-files.js';
import { lookAt, lookAtNow, type RotatedFile } from './family.js';
import { type FileLook, isSameInode } from './file-identity.js';
import { openFirst } from './first-files.js';
import type { Gap } from './gap.js';
import type { LocalDisks } from './local-disks.js';
import { repeatWhileMoving } from './moved.js';
import type { FoundFiles } from './open-segments.js';
import type { Segment } from './segment.js';
import { Siblings, type SiblingsDeps } from './siblings.js';
import { openYounger } from './younger-files.js';

export interface LineageDeps extends SiblingsDeps {
  readonly disks: Pick<LocalDisks, 'has'>;
  readonly metrics: FileMetrics;
  readonly log: Logger;
}

/**
 * The files that one path stands for, oldest first: those that were rotated away and are not read to their end yet, and the live one.
 * Finds rotated ones by their identity among the names beside the path, while running and after a stop.
 */
export class Lineage implements PositionSource {
  readonly #deps: LineageDeps;
  readonly #siblings: Siblings;
  #segments: Segment[] = [];
  #hasLive = false;
  #waiting: readonly RotatedFile[] = [];
  #turn: Promise<unknown> = Promise.resolve();
  /** Turns that are not over. */
  #turns = 0;
  /** One that has not begun. */
  #nextLook: Promise<boolean> | undefined;
  #isClosed = false;
  #beginAgain = async () => {};

  constructor(deps: LineageDeps) {
    this.#deps = deps;
    this.#siblings = new Siblings(deps);
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
    return this.#siblings.rotated;
  }

  /** Rotated files behind the newest segment that are not open yet. */
  get waiting(): readonly RotatedFile[] {
    return this.#waiting;
  }

  /** Finds where to begin. `inherited` is what is known of the file that is now at the path from its time under another name. */
  begin(stored: FilePosition | undefined, inherited: FileMark | undefined): Promise<void> {
    this.#beginAgain = () => this.#begin(stored, inherited);
    return this.#inTurn(() => this.#whileMoving(this.#beginAgain));
  }

  /**
   * Looks for what has been rotated, or has grown. True when there is something to do that there was not before. Whoever asks while a look
   * waits for its turn waits for that one: rotation may be faster than looking.
   */
  look(): Promise<boolean> {
    this.#nextLook ??= this.#inTurn(() => {
      this.#nextLook = undefined;
      return this.#isClosed ? Promise.resolve(false) : this.#whileMoving(() => this.#look());
    });
    return this.#nextLook;
  }

  /** The same at once, where the disk answers at once and the path still leads to the live file; undefined: that takes more than a glance. */
  glance(): boolean | undefined {
    const { newest } = this;
    if (this.#turns > 0 || !this.#hasLive || !newest?.isOpen || !newest.isLocal) return undefined;
    const now = lookAtNow(this.#deps.path);
    if (now === undefined || !isSameInode(newest.look, now) || !newest.knowsHead(now.size)) return undefined;
    return this.#seeLive(newest, now);
  }

  /** More of the live file's head is known afterwards, if there is more by now. */
  growHead(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#hasLive) await this.newest!.growHead();
    });
  }

  /** The content of `segment` is not what it was: it was cut, and perhaps written anew. */
  restart(segment: Segment): Promise<void> {
    return this.#inTurn(() => this.#whileMoving(() => this.#restart(segment)));
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
    this.#isClosed = true;
    await this.#inTurn(async () => {
      for (const segment of this.#segments) await segment.close();
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    this.#turns += 1;
    const turn = this.#turn.then(work).finally(() => {
      this.#turns -= 1;
    });
    this.#turn = turn.catch(() => {});
    return turn;
  }

  #whileMoving<T>(work: () => Promise<T>): Promise<T> {
    return repeatWhileMoving(work, (path) => this.#siblings.forget(path));
  }

  /** Finished files behind one that is not are kept in mind: or else they would be read again with it. */
  get #firstNeeded(): number {
    const isNeeded = (segment: Segment) => segment.state !== 'done' || !segment.progress.isSettled;
    const first = this.#segments.findIndex(isNeeded);
    return first < 0 ? this.#segments.length - 1 : first;
  }

  async #begin(stored: FilePosition | undefined, inherited: FileMark | undefined): Promise<void> {
    const { path, hasSiblings, log } = this.#deps;
    const found = await openFirst(this.#siblings, { path, hasSiblings, stored, inherited }, log);
    if (found.rotated.length > 0 || found.live !== undefined) await this.#append(found);
  }

  async #look(): Promise<boolean> {
    const { path } = this.#deps;
    const newest = this.newest;
    const atPath = (newest?.isLocal ? lookAtNow(path) : undefined) ?? (await lookAt(path));
    if (atPath !== undefined && newest?.isOpen && isSameInode(newest.look, atPath))
      return this.#lookAtLive(newest, atPath);
    if (newest === undefined) {
      // There was nothing when we began (a folder that is mounted late): what was stored still tells where to go on.
      await this.#beginAgain();
      return this.newest !== undefined;
    }
    const hadLive = this.#hasLive;
    const found = await openYounger(this.#siblings, {
      newest,
      waiting: this.#waiting,
      held: this.#segments.filter((segment) => segment.state === 'reading').length,
      isNew: (file) => this.#isNew(file),
    });
    await this.#append(found);
    return hadLive || found.rotated.length > 0 || found.live !== undefined;
  }

  async #lookAtLive(live: Segment, now: FileLook): Promise<boolean> {
    const hasFound = this.#seeLive(live, now);
    if (!live.knowsHead(now.size)) await live.growHead();
    return hasFound || live.look.size !== live.seenTo;
  }

  #seeLive(live: Segment, now: FileLook): boolean {
    const { look } = live;
    live.see(now);
    live.path = this.#deps.path;
    // It was moved away, and back.
    const isBack = !this.#hasLive;
    this.#hasLive = true;
    live.isDrained = false;
    live.state = 'reading';
    const isRewritten = now.size === look.size && now.modifiedMs !== look.modifiedMs;
    return isBack || isRewritten || now.size !== live.seenTo;
  }

  async #append({ rotated, live, waiting, gap }: FoundFiles): Promise<void> {
    const { claims, disks, path, reader } = this.#deps;
    const added = live === undefined ? rotated : [...rotated, live];
    this.#hasLive = live !== undefined;
    this.#waiting = waiting;
    for (const segment of added) claims.add({ path, reader, segment });
    this.#segments.push(...added);
    if (gap !== undefined) this.#report(gap, added[0]);
    for (const segment of added) segment.isLocal = await disks.has(segment.look.dev, segment.path);
  }

  async #restart(segment: Segment): Promise<void> {
    const { path, reader, claims, log } = this.#deps;
    const { offset, progress } = segment;
    const mark = { ...segment.mark(), offset };
    const { copies, own } = await openCopies(this.#siblings, mark, (file) => this.#isNew(file));
    for (const copy of copies) claims.add({ path, reader, segment: copy });
    // Only now: until its copies are claimed, they are known by what the file was.
    const size = await segment.startOver();
    this.#segments.splice(this.#segments.indexOf(segment), 0, ...copies);
    this.#waiting = [];
    if (own !== undefined) {
      // The copy has the same bytes at the same offsets: what is on its way from the old file is on its way from the copy.
      own.startAt(offset, progress);
      log.info({ path, copy: own.path, offset }, 'the file was copied and cut; going on in the copy');
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
