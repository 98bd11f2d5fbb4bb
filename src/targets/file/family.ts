import { constants, statSync } from 'node:fs';
import { type FileHandle, lstat, open, readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { decodeText, fsPath } from '../../entry/text.js';
import type { FileMark } from '../../positions/identity-file.js';
import { StreamSource } from './byte-source.js';
import { decompress } from './decompress.js';
import { type FileLook, hashBytes, hashHead, isSameInode, lookOf } from './file-identity.js';
import { MovedError, repeatWhileMoving } from './moved.js';
import { compareAge, parseRotatedName, type RotatedName } from './rotated-name.js';

/** A rotated file that lies beside the live one. */
export interface RotatedFile {
  readonly path: string;
  readonly look: FileLook;
  readonly name: RotatedName;
}

/** Less than this of a head is likely to be in other files as well. */
const minTellingBytes = 16;

/** What copies a file's time of change may round it. */
const roundingMs = 2000;

/** Whether the file would be known again if it were compressed. If not, that it is not found does not mean that it is gone. */
export function isTelling(mark: FileMark): boolean {
  return mark.headBytes >= minTellingBytes;
}

/**
 * The rotated files of a path, oldest first. A compressed file whose plain one is still there is being written: it does not count.
 * `known` are files, by their paths, that are as they were if they are there: they are not looked at again.
 */
export function lookAtFamily(
  path: string,
  known: ReadonlyMap<string, RotatedFile> = new Map(),
): Promise<readonly RotatedFile[]> {
  return repeatWhileMoving(() => lookAtNames(path, known));
}

async function lookAtNames(
  path: string,
  known: ReadonlyMap<string, RotatedFile>,
): Promise<readonly RotatedFile[]> {
  const real = await realpath(fsPath(path), 'buffer').then(decodeText, () => path);
  const base = basename(real);
  const directory = dirname(real);
  const names = await namesIn(directory);
  const family: RotatedFile[] = [];
  for (const each of names) {
    const name = parseRotatedName(each);
    if (name === undefined || name.base !== base) continue;
    if (name.isCompressed && names.has(each.slice(0, -'.gz'.length))) continue;
    const found = known.get(join(directory, each)) ?? (await lookAtRotated(join(directory, each), name));
    if (found !== undefined) family.push(found);
  }
  return family.sort(compareAge);
}

/** Undefined: what has this name is no file. */
async function lookAtRotated(path: string, name: RotatedName): Promise<RotatedFile | undefined> {
  const look = await lookAt(path);
  if (look !== undefined) return { path, look, name };
  // What was compressed, renamed or deleted just now must not be passed over.
  if (!(await isNoFile(path))) throw new MovedError(path);
  return undefined;
}

/** The place of the first file in `family` that was rotated after what `mark` tells of was last looked at. */
export function firstYoungerThan(mark: FileMark, family: readonly RotatedFile[]): number {
  const index = family.findIndex((file) => isRotatedAfter(mark.modifiedMs, file));
  return index < 0 ? family.length : index;
}

/** A name with a time tells it best: compressing gives a file a new time of change. */
function isRotatedAfter(timeMs: number, file: RotatedFile): boolean {
  return file.name.isFinal ? timeOf(file) >= Math.floor(timeMs) : timeOf(file) > timeMs;
}

/** When a file was rotated, or written last. */
export function timeOf({ name, look }: RotatedFile): number {
  return name.isFinal ? name.order : look.modifiedMs;
}

/** What a regular file looks like; undefined: there is none. */
export async function lookAt(path: string): Promise<FileLook | undefined> {
  try {
    const stats = await stat(fsPath(path), { bigint: true });
    return stats.isFile() ? lookOf(stats) : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The same at once, for disks that are known to answer. Undefined also when it cannot be looked at. */
export function lookAtNow(path: string): FileLook | undefined {
  try {
    const stats = statSync(fsPath(path), { bigint: true, throwIfNoEntry: false });
    return stats?.isFile() ? lookOf(stats) : undefined;
  } catch {
    return undefined;
  }
}

/** Something else has this name: a folder, a link to nowhere. */
async function isNoFile(path: string): Promise<boolean> {
  return lstat(fsPath(path)).then(
    (stats) => !stats.isFile(),
    () => false,
  );
}

/** Opens for reading, and never waits: what was a file a moment ago may be a FIFO now. */
export function openForReading(path: string): Promise<FileHandle> {
  return open(fsPath(path), constants.O_RDONLY | constants.O_NONBLOCK);
}

/**
 * Which of the rotated files is the one that `mark` tells of: under its inode, or what it was copied or compressed to. Throws a MovedError
 * when one of them is not what it was.
 */
export async function findRotated(
  mark: FileMark,
  rotated: readonly RotatedFile[],
  leastHeadBytes = minTellingBytes,
): Promise<RotatedFile | undefined> {
  for (const file of rotated) {
    if (isSameInode(file.look, mark) && (await hasHead(file, mark))) return file;
  }
  if (mark.headBytes < leastHeadBytes) return undefined;
  // Rotated since we last looked. Of several with the same head (a banner, say) the oldest; one that may be older than that comes last.
  const others = rotated.filter((file) => !isSameInode(file.look, mark));
  const isYounger = (file: RotatedFile) => isRotatedAfter(mark.modifiedMs, file);
  const younger = others.filter(isYounger);
  const asOld = others.filter(
    (file) => !isYounger(file) && file.look.modifiedMs >= mark.modifiedMs - roundingMs,
  );
  for (const file of [...younger, ...asOld]) if (await hasHead(file, mark)) return file;
  return undefined;
}

async function hasHead(file: RotatedFile, mark: FileMark): Promise<boolean> {
  if (!file.name.isCompressed && file.look.size < mark.offset) return false;
  if ((await headHash(file.path, file.name.isCompressed, mark.headBytes)) === mark.headHash) return true;
  // What was compressed, renamed or deleted just now must not be passed over.
  const now = await lookAt(file.path);
  if (now === undefined || !isSameInode(now, file.look)) throw new MovedError(file.path);
  return false;
}

/** The hash of the first bytes, of what was compressed if it was; undefined if there are fewer, or they cannot be read. */
export async function headHash(
  path: string,
  isCompressed: boolean,
  bytes: number,
): Promise<string | undefined> {
  try {
    const file = await openForReading(path);
    try {
      return isCompressed ? await hashCompressedHead(file, bytes) : await hashHead(file, bytes);
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
}

/** The hash of the first bytes of what was compressed. */
export async function hashCompressedHead(file: FileHandle, bytes: number): Promise<string | undefined> {
  const source = new StreamSource(decompress(file, 'gz'));
  try {
    const head = Buffer.allocUnsafe(bytes);
    const length = await source.read(head, 0, bytes, 0);
    if (source.error !== undefined) throw source.error;
    return length < bytes ? undefined : hashBytes(head);
  } finally {
    await source.close();
  }
}

async function namesIn(directory: string): Promise<Set<string>> {
  try {
    const names = await readdir(fsPath(directory), { encoding: 'buffer' });
    return new Set(names.map((name) => decodeText(name)));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Set();
    throw error;
  }
}
