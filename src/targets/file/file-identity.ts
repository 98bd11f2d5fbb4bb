import { createHash } from 'node:crypto';
import { readSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';

/** So much of a file's head tells it from others: in audit logs it holds the first event's id and time. */
export const maxHeadBytes = 1024;

/**
 * What tells this file from another of the same name. Device and inode alone do not: numbers come back as soon as a file is deleted,
 * and a file can be cut and written anew in place.
 */
export interface FileIdentity {
  readonly dev: string;
  readonly ino: string;
  readonly bornMs: number;
  readonly headBytes: number;
  /** SHA-256 of the first `headBytes` bytes, hex; '' for an empty file. */
  readonly headHash: string;
}

/** A file as `stat` sees it. */
export interface FileLook {
  readonly dev: string;
  readonly ino: string;
  /** When it was made (ms since 1970); 0: not known. */
  readonly bornMs: number;
  readonly size: number;
  readonly modifiedMs: number;
}

export interface BigStats {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly size: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
  readonly birthtimeNs: bigint;
}

/** Inode numbers take 64 bits on some file systems, more than a number can tell apart. */
export function lookOf(stats: BigStats): FileLook {
  return {
    dev: String(stats.dev),
    ino: String(stats.ino),
    // Where the system does not tell it, Node answers with the time of the last change of anything.
    bornMs: stats.birthtimeNs === stats.ctimeNs ? 0 : Number(stats.birthtimeNs) / 1e6,
    size: Number(stats.size),
    modifiedMs: Number(stats.mtimeNs) / 1e6,
  };
}

type Inode = Pick<FileLook, 'dev' | 'ino' | 'bornMs'>;

export function isSameInode(a: Inode, b: Inode): boolean {
  return a.dev === b.dev && isSameNumber(a, b);
}

/** The same whatever the device is called: its number may change with a reboot. */
export function isSameNumber(a: Omit<Inode, 'dev'>, b: Omit<Inode, 'dev'>): boolean {
  return a.ino === b.ino && (a.bornMs === b.bornMs || a.bornMs === 0 || b.bornMs === 0);
}

/** The hash of what is there of the first `bytes` bytes; undefined when the file is shorter. `isLocal`: the disk answers at once. */
export async function hashHead(
  file: FileHandle,
  bytes: number,
  isLocal = false,
): Promise<string | undefined> {
  if (bytes === 0) return '';
  const head = Buffer.allocUnsafe(bytes);
  const bytesRead = await readHead(file, head, isLocal);
  return bytesRead < bytes ? undefined : hashBytes(head);
}

export function hashBytes(head: Buffer): string {
  return head.length === 0 ? '' : createHash('sha256').update(head).digest('hex');
}

/** The identity of an open file that looks so. `isLocal`: the disk answers at once. */
export async function identify(file: FileHandle, look: FileLook, isLocal = false): Promise<FileIdentity> {
  const head = Buffer.allocUnsafe(Math.min(maxHeadBytes, look.size));
  const bytesRead = await readHead(file, head, isLocal);
  return {
    dev: look.dev,
    ino: look.ino,
    bornMs: look.bornMs,
    headBytes: bytesRead,
    headHash: hashBytes(head.subarray(0, bytesRead)),
  };
}

async function readHead(file: FileHandle, head: Buffer, isLocal: boolean): Promise<number> {
  if (isLocal) return readSync(file.fd, head, 0, head.length, 0);
  const { bytesRead } = await file.read(head, 0, head.length, 0);
  return bytesRead;
}
