import { basename, dirname, join, resolve } from 'node:path';
import { decompressionOf } from '../targets/file/decompression-field.js';
import { lookAt, lookAtFamily, type RotatedFile } from '../targets/file/family.js';
import type { FileToRead } from '../targets/file/read-once.js';
import { compareAge, parseRotatedName } from '../targets/file/rotated-name.js';
import type { FoundTarget } from './find-targets.js';
import { isGzip } from './is-gzip.js';

/** A file to pass through the pipeline of its job. */
export interface PlannedFile extends FileToRead {
  readonly target: FoundTarget;
  /** The path under which the agent ships its lines: of a rotated file, that of the live one. */
  readonly readAs: string;
}

/** The files that targets match now: of each path the rotated files first, oldest first. */
export async function matchedFiles(
  targets: readonly FoundTarget[],
  { withSiblings }: { readonly withSiblings: boolean },
): Promise<PlannedFile[]> {
  const planned = new Map<string, PlannedFile>();
  for (const target of targets) {
    const { paths } = await target.glob.find();
    const there = new Set(paths);
    for (const path of paths) {
      const base = decompressionOf(target.job.decompression) === undefined ? rotatedFrom(path) : undefined;
      if (base !== undefined && there.has(base)) continue;
      const siblings = base === undefined ? await siblingsOf(path) : [];
      for (const { path: rotated } of siblings) {
        if (withSiblings || there.has(rotated)) await plan(rotated, path, target, planned);
      }
      await plan(path, path, target, planned);
    }
  }
  return [...planned.values()];
}

/** What a file that was named on the command line is taken for. */
export interface GivenRules {
  /** Of these the first that a file can belong to counts; of files that belong to none, the first. */
  readonly targets: readonly FoundTarget[];
  /** The path to take all of them for. */
  readonly readAs: string | undefined;
  /** A file of no target's paths is taken for one of this target. */
  readonly fallback: FoundTarget | undefined;
}

/** The files named on the command line; those that were rotated from one path oldest first, then that path. */
export async function givenFiles(files: readonly string[], rules: GivenRules): Promise<PlannedFile[]> {
  const families = new Map<string, PlannedFile[]>();
  for (const file of files) {
    const path = resolve(file);
    const readAs = rules.readAs === undefined ? path : resolve(rules.readAs);
    const base = rotatedFrom(readAs);
    const isOf = (name: string) => rules.targets.find(({ glob }) => glob.matches(name));
    const ofBase = base === undefined ? undefined : isOf(base);
    const target = ofBase ?? isOf(readAs) ?? rules.fallback;
    if (target === undefined) throw new NoTargetError(file);
    const name = ofBase === undefined ? readAs : base!;
    const family = families.get(name) ?? [];
    families.set(name, family);
    family.push(await toRead(path, name, target));
  }
  const sorted = await Promise.all([...families.values()].map(oldestFirst));
  return sorted.flat();
}

/** A file that no target of the config can be meant to read. */
export class NoTargetError extends Error {
  override readonly name = 'NoTargetError';

  constructor(file: string) {
    super(
      `${file}: no target of the config reads a file of this name; say which of its paths it stands for (-as) or whose it is (-job)`,
    );
  }
}

async function plan(
  path: string,
  readAs: string,
  target: FoundTarget,
  planned: Map<string, PlannedFile>,
): Promise<void> {
  const key = JSON.stringify([target.job.job_name, path]);
  if (!planned.has(key)) planned.set(key, await toRead(path, readAs, target));
}

async function toRead(path: string, readAs: string, target: FoundTarget): Promise<PlannedFile> {
  const decompression = decompressionOf(target.job.decompression);
  const compression = decompression?.format ?? ((await isGzip(path)) ? 'gz' : undefined);
  return {
    path,
    readAs,
    target,
    compression,
    dropsReturns: decompression !== undefined,
    isFinished: compression !== undefined || path !== readAs,
  };
}

/** The path of the live file, if the name is that of a rotated one. */
export function rotatedFrom(path: string): string | undefined {
  const name = parseRotatedName(basename(path));
  return name === undefined ? undefined : join(dirname(path), name.base);
}

async function siblingsOf(path: string): Promise<readonly RotatedFile[]> {
  return lookAtFamily(path).catch(() => []);
}

async function oldestFirst(family: PlannedFile[]): Promise<PlannedFile[]> {
  const aged: { file: PlannedFile; rotated: RotatedFile | undefined }[] = [];
  for (const file of family) {
    const name = parseRotatedName(basename(file.path));
    const look = name === undefined ? undefined : await lookAt(file.path).catch(() => undefined);
    aged.push({ file, rotated: name && look && { path: file.path, name, look } });
  }
  return aged
    .sort((a, b) => {
      if (a.rotated !== undefined && b.rotated !== undefined) return compareAge(a.rotated, b.rotated);
      return Number(a.rotated === undefined) - Number(b.rotated === undefined);
    })
    .map(({ file }) => file);
}
