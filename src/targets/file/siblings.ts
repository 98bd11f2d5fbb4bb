import type { FileMark } from '../../positions/identity-file.js';
import { lookAt, lookAtFamily, type RotatedFile } from './family.js';
import type { FileClaims } from './file-claims.js';
import { isSameInode } from './file-identity.js';
import { MovedError } from './moved.js';
import { openIfThere } from './open-segments.js';
import type { Segment } from './segment.js';

export interface SiblingsDeps {
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
}

const none: ReadonlyMap<string, RotatedFile> = new Map();

/** What is at a path, and the files beside it that were rotated away from it. */
export class Siblings {
  readonly #deps: SiblingsDeps;
  #rotated: readonly RotatedFile[] = [];
  /** Those to which nothing happens any more but that they are deleted. There may be thousands. */
  #final: ReadonlyMap<string, RotatedFile> = none;

  constructor(deps: SiblingsDeps) {
    this.#deps = deps;
  }

  /** The rotated files, oldest first, when last looked at. */
  get rotated(): readonly RotatedFile[] {
    return this.#rotated;
  }

  /** What is at the path, if it is for us to read. */
  async openLive(): Promise<Segment | undefined> {
    const live = await openIfThere(this.#deps.path);
    if (live === undefined || !(await this.#deps.isOthers(live))) return live;
    await live.close();
    return undefined;
  }

  /** The rotated files, oldest first. */
  async look(): Promise<readonly RotatedFile[]> {
    const { path, hasSiblings } = this.#deps;
    if (!hasSiblings) return this.#rotated;
    this.#rotated = await lookAtFamily(path, this.#final);
    const final = this.#rotated.filter(({ name }) => name.isFinal);
    this.#final = final.length === 0 ? none : new Map(final.map((file) => [file.path, file]));
    return this.#rotated;
  }

  /** What is at `path` is another file than it was. */
  forget(path: string): void {
    this.#final = new Map([...this.#final].filter(([known]) => known !== path));
  }

  /** The rotated files behind the live one; if that has itself been rotated in the meantime, what is younger would be put before it. */
  async lookBehind(live: Segment | undefined): Promise<readonly RotatedFile[]> {
    const { path } = this.#deps;
    const family = await this.look();
    const atPath = live === undefined ? undefined : await lookAt(path);
    if (live !== undefined && (atPath === undefined || !isSameInode(atPath, live.look)))
      throw new MovedError(path);
    this.#rotated = family.filter((file) => live === undefined || !isSameInode(file.look, live.look));
    return this.#rotated;
  }

  /** A file that was at the path before, went, and is back; or that was read by itself until now. */
  async goOnWhereLeft(segment: Segment): Promise<void> {
    const { claims, reader, inheritance } = this.#deps;
    const known = await claims.find(reader, segment.look, (head) => segment.hasHead(head));
    if (known !== undefined) return segment.startAt(known.segment.offset, known.segment.progress);
    const mark = await inheritance(segment);
    if (mark !== undefined) segment.startAt(mark.offset);
  }
}
