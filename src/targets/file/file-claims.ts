import { headHash } from './family.js';
import { type FileIdentity, type FileLook, isSameInode } from './file-identity.js';
import type { Segment } from './segment.js';

/** Somebody reads this file, or has read it, as one of those that `path` stands for. */
export interface Claim {
  readonly path: string;
  /** The reader: two jobs that follow one path each read it all. */
  readonly reader: string;
  readonly segment: Segment;
}

/** Who reads what a path stands for. */
export interface Follower {
  /** Finds out which files these are by now. False: it does not know all of them, up to the live one. */
  catchUp(): Promise<boolean>;
}

/** Whether the file in question begins so. */
export type HasHead = (head: FileIdentity) => Promise<boolean>;

/** More than rotation keeps of one file. */
const maxClaimsPerPath = 1000;

/**
 * Which files are read under which path, over all targets of the agent: so that a rotated file whose new name matches a pattern as well is
 * not read twice.
 */
export class FileClaims {
  readonly #claims = new Map<string, Claim[]>();
  readonly #followers = new Map<string, Set<Follower>>();

  follow(path: string, follower: Follower): void {
    this.#followers.set(path, (this.#followers.get(path) ?? new Set()).add(follower));
  }

  /** This follower, which was called so, reads the path no more. */
  unfollow(path: string, reader: string, follower: Follower): void {
    const followers = this.#followers.get(path);
    followers?.delete(follower);
    if (followers?.size === 0) this.#followers.delete(path);
    const others = (this.#claims.get(path) ?? []).filter((claim) => claim.reader !== reader);
    if (others.length === 0) this.#claims.delete(path);
    else this.#claims.set(path, others);
  }

  add(claim: Claim): void {
    const claims = this.#claims.get(claim.path) ?? [];
    claims.push(claim);
    if (claims.length > maxClaimsPerPath) claims.shift();
    this.#claims.set(claim.path, claims);
  }

  /** Whether anybody reads what this path stands for. */
  isFollowed(path: string): boolean {
    return this.#followers.has(path);
  }

  /**
   * Who reads, or has read, the file that looks so as one of those that `path` stands for. `undecided`: those who follow `path` have not
   * got so far as to know.
   */
  async findUnder(path: string, look: FileLook, hasHead: HasHead): Promise<Claim | 'undecided' | undefined> {
    const followers = [...(this.#followers.get(path) ?? [])];
    // A rename may be seen here before it is seen there.
    let isUpToDate = true;
    for (const follower of followers) isUpToDate = (await follower.catchUp()) && isUpToDate;
    const claim = await findIn(this.#claims.get(path) ?? [], look, hasHead);
    return claim ?? (isUpToDate ? undefined : 'undecided');
  }

  /** How this reader knows the file that looks so, under whatever path. */
  find(reader: string, look: FileLook, hasHead: HasHead): Promise<Claim | undefined> {
    const own = [...this.#claims.values()].flat().filter((claim) => claim.reader === reader);
    return findIn(own, look, hasHead);
  }

  /** Whether the file at `at` is a copy of what is being read under `path`: copytruncate copies first, and cuts then. */
  async isCopyUnder(path: string, at: string): Promise<boolean> {
    for (const { segment } of this.#claims.get(path) ?? []) {
      const { headBytes, headHash: hash } = segment.identity;
      if (segment.state === 'reading' && headBytes > 0 && (await headHash(at, false, headBytes)) === hash)
        return true;
    }
    return false;
  }
}

async function findIn(
  claims: readonly Claim[],
  look: FileLook,
  hasHead: HasHead,
): Promise<Claim | undefined> {
  // The youngest first: numbers of inodes come back.
  for (const claim of claims.toReversed()) {
    const { identity, isOpen } = claim.segment;
    if (!isSameInode(identity, look)) continue;
    // Of an empty file that is gone there is nothing to know it by.
    const isTelling = identity.headBytes > 0 || look.size === 0;
    if (isOpen || (isTelling && (await hasHead(identity)))) return claim;
  }
  return undefined;
}
