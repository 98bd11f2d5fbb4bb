import { existsSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

/** Gives the file the name of a file rotated at this time, as lumberjack does. Answers the new name. */
export function rotateAsLumberjack(path: string, time: Date): string {
  const stamp = time.toISOString().replaceAll(':', '-').replace('Z', '');
  const rotated = path.replace(/\.log$/, `-${stamp}.log`);
  renameSync(path, rotated);
  return rotated;
}

/** Moves `path` to `path.1`, that to `path.2`, and so on, as logrotate does; what has the number `keep` is deleted. */
export function rotateAsLogrotate(path: string, keep = 10): void {
  for (const suffix of ['', '.gz']) rmSync(`${path}.${keep}${suffix}`, { force: true });
  for (let number = keep - 1; number > 0; number--) {
    for (const suffix of ['', '.gz']) {
      const from = `${path}.${number}${suffix}`;
      if (existsSync(from)) renameSync(from, `${path}.${number + 1}${suffix}`);
    }
  }
  renameSync(path, `${path}.1`);
}

/** Replaces the file by a compressed one, under a new inode. */
export function compress(path: string): void {
  const { atime, mtime } = statSync(path);
  writeFileSync(`${path}.gz`, gzipSync(readFileSync(path)));
  utimesSync(`${path}.gz`, atime, mtime);
  rmSync(path);
}
