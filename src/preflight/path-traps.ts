import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fsPath } from '../entry/text.js';
import type { FoundTarget } from '../replay/find-targets.js';
import { isGzip } from '../replay/is-gzip.js';
import { rotatedFrom } from '../replay/plan-files.js';
import { decompressionOf } from '../targets/file/decompression-field.js';
import { lookAtFamily, type RotatedFile } from '../targets/file/family.js';
import { modeText, type Obstacle, obstacleTo, type User } from './access.js';
import { type Finding, loss, warning } from './finding.js';
import { isMountPoint } from './mount-points.js';

export interface TrapOptions {
  readonly user: User | undefined;
  /** Whether an agent has read these paths before: then rotated files are found again, and else not. */
  readonly isFirstStart: boolean;
}

/** What keeps the files of a target from being read, or will: seen in the file system, not in the lines. */
export async function pathTraps(target: FoundTarget, options: TrapOptions): Promise<Finding[]> {
  const { paths } = await target.glob.find();
  if (paths.length === 0) return [await whyNothing(target, options.user)];
  const there = new Set(paths);
  const findings: Finding[] = [];
  for (const path of paths) findings.push(...(await fileTraps(path, target, options, there)));
  return findings;
}

async function whyNothing(
  { job, plan: { path }, glob }: FoundTarget,
  user: User | undefined,
): Promise<Finding> {
  const where = `job ${job.job_name}: ${path}`;
  const folder = folderOf(path);
  const obstacle = await obstacleTo('read', folder, user);
  if (obstacle?.kind === 'missing')
    return loss('no_directory', `${where}: there is no ${obstacle.path}; is it mounted?`);
  if (obstacle !== undefined) return loss('unreadable_directory', `${where}: ${denied('list', obstacle)}`);
  const names = await readdir(fsPath(folder)).catch((): string[] => []);
  const rotated = names.filter((name) => {
    const live = rotatedFrom(join(folder, name));
    return live !== undefined && glob.matches(live);
  });
  if (rotated.length === 0) return loss('no_file', `${where}: no file of that name yet`);
  const packed = rotated.every((name) => name.endsWith('.gz')) ? 'compressed ' : '';
  return loss(
    'no_live_file',
    `${where}: there are only rotated ${packed}files (${rotated.length}, such as ${rotated[0]}), and no live one to follow`,
  );
}

/** As much of the path to a pattern's files as has no wildcard. */
function folderOf(pattern: string): string {
  const fixed = /^[^*?[{\\]*\//.exec(resolve(pattern))?.[0] ?? '/';
  return fixed.length > 1 ? fixed.slice(0, -1) : fixed;
}

async function fileTraps(
  path: string,
  { job }: FoundTarget,
  { user, isFirstStart }: TrapOptions,
  there: ReadonlySet<string>,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  const obstacle = await obstacleTo('read', path, user);
  if (obstacle !== undefined) {
    findings.push(
      loss(
        'unreadable_file',
        obstacle.kind === 'missing'
          ? `${path}: it is gone, or a link to nowhere`
          : `${path}: ${denied('read', obstacle)}; give the agent's group access (chgrp, chmod 0640: kept over rotations), CAP_DAC_READ_SEARCH or root`,
      ),
    );
    return findings;
  }
  if (user === undefined) findings.push(...(await onlyForRoot(path)));
  if (await isMountPoint(path)) {
    findings.push(
      loss(
        'single_file_mount',
        `${path} is mounted by itself: it cannot be renamed, so an API server that rotates it loses every event from then on, and the agent would follow a file that is no longer written; mount its directory`,
      ),
    );
  }
  const base = rotatedFrom(path);
  const isPlain = decompressionOf(job.decompression) === undefined;
  const isCovered = base !== undefined && there.has(base);
  if (isPlain && !isCovered && (await isGzip(path))) {
    findings.push(
      loss(
        'compressed_as_text',
        `${path} is compressed and would be shipped as it is: set decompression, or leave it out of __path__`,
      ),
    );
  }
  if (isFirstStart && isPlain && !isCovered) findings.push(...(await unreadSiblings(path, there)));
  return findings;
}

/** What root can read says little about an agent that is to run as somebody else. */
async function onlyForRoot(path: string): Promise<Finding[]> {
  if (process.getuid?.() !== 0) return [];
  const stats = await stat(fsPath(path));
  if ((stats.mode & 0o044) !== 0) return [];
  return [
    warning(
      'only_root_reads',
      `${path} has mode ${modeText(stats)}: root can read it, as this check did; another user needs CAP_DAC_READ_SEARCH or the group (-user=UID:GID checks as that user)`,
    ),
  ];
}

async function unreadSiblings(path: string, there: ReadonlySet<string>): Promise<Finding[]> {
  const rotated = (await lookAtFamily(path).catch((): RotatedFile[] => [])).filter(
    (file) => !there.has(file.path),
  );
  if (rotated.length === 0) return [];
  return [
    warning(
      'rotated_before_first_start',
      `${path}: ${rotated.length} rotated files beside it were there before the agent; its first start begins with the live file, and rotated ones are read from then on`,
    ),
  ];
}

export function denied(what: string, obstacle: Obstacle): string {
  const mode = obstacle.kind === 'denied' ? ` (mode ${obstacle.mode})` : '';
  return `the agent's user may not ${what} ${obstacle.path}${mode}`;
}
