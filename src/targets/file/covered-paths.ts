import { basename, dirname, join } from 'node:path';
import type { FileNumbers } from '../../metrics/file-metrics.js';
import type { FileMark, FilePosition } from '../../positions/identity-file.js';
import type { PositionStore } from '../../positions/position-store.js';
import type { Tracked } from '../../positions/tracked-positions.js';
import { headHash } from './family.js';
import type { Claim, FileClaims, HasHead } from './file-claims.js';
import { type FileIdentity, type FileLook, isSameNumber } from './file-identity.js';
import { parseRotatedName } from './rotated-name.js';
import type { Segment } from './segment.js';

interface Covered {
  /** Who reads it; undefined: that is not known yet, or it is not to be read. */
  readonly claim: Claim | undefined;
  readonly tracked: Tracked | undefined;
  readonly look: FileLook;
}

/**
 * The paths that a target matches and does not read by themselves, as what is there is read as part of another path: rotated files, under the
 * path from which they were rotated.
 */
export class CoveredPaths {
  readonly #reader: string;
  readonly #claims: FileClaims;
  readonly #positions: PositionStore;
  readonly #covered = new Map<string, Covered>();
  #knownAtStart: readonly [path: string, position: FilePosition][] = [];

  constructor(reader: string, deps: { readonly claims: FileClaims; readonly positions: PositionStore }) {
    this.#reader = reader;
    this.#claims = deps.claims;
    this.#positions = deps.positions;
  }

  /** Before anything is read: names may have been passed on since they were noted, and what has a name now takes the place of what had it then. */
  start(): void {
    this.#knownAtStart = [...this.#positions.knownFiles()];
  }

  /** The path that this one is a rotated name of, if that is followed. */
  baseOf(path: string): string | undefined {
    const name = parseRotatedName(basename(path));
    if (name === undefined) return undefined;
    const base = join(dirname(path), name.base);
    return this.#claims.isFollowed(base) ? base : undefined;
  }

  /**
   * Leaves a rotated file to who reads it as part of `base`. A compressed one is never read as text. One that is a copy of the live file, or
   * empty yet, waits: it is about to become what the live file was. False: it is to be read by itself.
   */
  async cover(path: string, base: string, look: FileLook): Promise<boolean> {
    const find = () => this.#claims.findUnder(base, look, (head) => hasHead(path, head));
    let found = await find();
    if (found === undefined && !(await this.#mayBecomeOthers(path, base, look))) {
      // A copy is no copy any more when the live file was cut: it is that file's past then, and claimed as that.
      found = await find();
      if (found === undefined) {
        this.uncover(path);
        return false;
      }
    }
    const claim = found === 'undecided' ? undefined : found;
    const before = this.#covered.get(path);
    if (before !== undefined && before.claim === claim) return true;
    this.uncover(path);
    this.#covered.set(path, { claim, tracked: claim && this.#track(path, claim), look });
    return true;
  }

  uncover(path: string): void {
    this.#covered.get(path)?.tracked?.close();
    this.#covered.delete(path);
  }

  /** Forgets paths that are not there any more. */
  keepOnly(paths: ReadonlySet<string>): void {
    for (const path of this.#covered.keys()) if (!paths.has(path)) this.uncover(path);
  }

  /** Whether what is at this path now is read as part of another. */
  async isOthers(path: string, live: Segment): Promise<boolean> {
    const base = this.baseOf(path);
    if (base === undefined) return false;
    return (await this.#claims.findUnder(base, live.look, (head) => live.hasHead(head))) !== undefined;
  }

  /** What is known of the file from its time under another name of the same family: `app.log.1` becomes `app.log.2`. */
  async inheritance(path: string, look: FileLook): Promise<FileMark | undefined> {
    if (parseRotatedName(basename(path)) === undefined) return undefined;
    const claim = await this.#claims.find(this.#reader, look, (head) => hasHead(path, head));
    if (claim !== undefined && claim.path !== path && isSameFamily(claim.path, path))
      return claim.segment.mark();
    return this.markOf(path, look, (head) => hasHead(path, head));
  }

  /** What is noted of the file that looks so, under a name of the same family as `path`. */
  async markOf(path: string, look: FileLook, isHead: HasHead): Promise<FileMark | undefined> {
    for (const [known, { files }] of [...this.#positions.knownFiles(), ...this.#knownAtStart]) {
      if (!isSameFamily(known, path)) continue;
      for (const mark of files) {
        const mayBe = mark.headBytes > 0 && isSameNumber(mark, look) && mark.offset <= look.size;
        if (mayBe && (await isHead(mark))) return mark;
      }
    }
    return undefined;
  }

  get details(): { readonly path: string; readonly readAs: string | null }[] {
    return [...this.#covered].map(([path, { claim }]) => ({ path, readAs: claim?.path ?? null }));
  }

  *numbers(): Iterable<FileNumbers> {
    for (const [path, { look }] of this.#covered) yield { path, fileBytes: look.size };
  }

  async #mayBecomeOthers(path: string, base: string, look: FileLook): Promise<boolean> {
    return path.endsWith('.gz') || look.size === 0 || (await this.#claims.isCopyUnder(base, path));
  }

  /** Its own position tells a Promtail, and the next of us, how much of it is read. */
  #track(path: string, { segment }: Claim): Tracked {
    return this.#positions.track(path, this.#reader, {
      position() {
        const mark = { ...segment.mark(), path };
        return { value: String(mark.offset), files: [mark] };
      },
      isSettled: true,
    });
  }
}

async function hasHead(path: string, { headBytes, headHash: hash }: FileIdentity): Promise<boolean> {
  return (await headHash(path, false, headBytes)) === hash;
}

function isSameFamily(a: string, b: string): boolean {
  return dirname(a) === dirname(b) && familyName(basename(a)) === familyName(basename(b));
}

function familyName(name: string): string {
  return parseRotatedName(name)?.base ?? name;
}
