import { constants, type Stats } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fsPath } from '../entry/text.js';

/** Who the agent will run as. */
export interface User {
  readonly uid: number;
  readonly gids: readonly number[];
}

/** What stands between the agent and a path: undefined is nothing. */
export type Obstacle =
  | { readonly kind: 'missing'; readonly path: string }
  | { readonly kind: 'denied'; readonly path: string; readonly mode: string };

type Wish = 'read' | 'write' | 'enter';
const bits: Readonly<Record<Wish, number>> = { read: 4, write: 2, enter: 1 };
const modes: Readonly<Record<Wish, number>> = {
  read: constants.R_OK,
  write: constants.W_OK,
  enter: constants.X_OK,
};

/** Whether `user` may do this with what is at `path`, and get there; without a user, whether this process may. */
export async function obstacleTo(
  wish: Wish,
  path: string,
  user: User | undefined,
): Promise<Obstacle | undefined> {
  for (const folder of foldersAbove(path)) {
    const obstacle = await look('enter', folder, user);
    if (obstacle !== undefined) return obstacle;
  }
  return look(wish, path, user);
}

/** From the root down. */
function foldersAbove(path: string): string[] {
  const above = dirname(path);
  return above === path ? [] : [...foldersAbove(above), above];
}

async function look(wish: Wish, path: string, user: User | undefined): Promise<Obstacle | undefined> {
  let stats: Stats;
  try {
    stats = await stat(fsPath(path));
  } catch (error) {
    const isMissing = ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
    return isMissing ? { kind: 'missing', path } : { kind: 'denied', path, mode: 'unknown' };
  }
  const isAllowed = user === undefined ? await mayThisProcess(wish, path) : mayUser(wish, stats, user);
  return isAllowed ? undefined : { kind: 'denied', path, mode: modeText(stats) };
}

async function mayThisProcess(wish: Wish, path: string): Promise<boolean> {
  return access(fsPath(path), modes[wish]).then(
    () => true,
    () => false,
  );
}

/** By owner, group and mode, as the kernel does without capabilities and access lists. */
function mayUser(wish: Wish, { uid, gid, mode }: Stats, user: User): boolean {
  if (user.uid === 0) return true;
  const shift = uid === user.uid ? 6 : user.gids.includes(gid) ? 3 : 0;
  return ((mode >> shift) & bits[wish]) !== 0;
}

/** `0600, owner 0:0`. */
export function modeText({ mode, uid, gid }: Stats): string {
  return `${(mode & 0o7777).toString(8).padStart(4, '0')}, owner ${uid}:${gid}`;
}
