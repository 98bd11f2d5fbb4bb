import { readdir, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { decodeText, fsPath } from '../../entry/text.js';
import { expandAlternatives, GlobPattern, type GlobSegment } from './glob-pattern.js';

/** What a look at the file system found. */
export interface GlobResult {
  readonly paths: readonly string[];
  /** Where a new match could appear. */
  readonly directories: ReadonlySet<string>;
}

/**
 * The option `__path__`, less `__path_exclude__`: which files are read. Relative patterns count from the working directory. A pattern that is the
 * name of an existing file is that file, whatever it looks like.
 */
export class PathGlob {
  readonly #path: string;
  readonly #patterns: readonly GlobPattern[];
  readonly #exclude: GlobPattern | undefined;

  /** Throws a GlobError when a pattern cannot be understood. */
  constructor(path: string, exclude: string, workingDirectory = process.cwd()) {
    this.#path = absolute(path, workingDirectory);
    this.#patterns = expandAlternatives(this.#path).map((each) => new GlobPattern(each));
    this.#exclude = exclude === '' ? undefined : new GlobPattern(absolute(exclude, workingDirectory));
  }

  /** Whether a file of this path would be read. */
  matches(path: string): boolean {
    const isMatch = path === this.#path || this.#patterns.some((pattern) => pattern.matches(path));
    return isMatch && !this.#isExcluded(path);
  }

  /** Whether files that match may be in, or below, a folder of this path. */
  mayBeIn(directory: string): boolean {
    return this.#patterns.some((pattern) => pattern.mayBeIn(directory));
  }

  /** All there is now, without folders, in the order of names. */
  async find(): Promise<GlobResult> {
    const directories = new Set<string>();
    const paths = new Set<string>();
    if (await isOther(this.#path)) {
      paths.add(this.#path);
      directories.add(resolve(this.#path, '..'));
    } else {
      for (const { segments } of this.#patterns) await walk('/', segments.slice(1), paths, directories);
    }
    return { paths: [...paths].filter((path) => !this.#isExcluded(path)).sort(), directories };
  }

  #isExcluded(path: string): boolean {
    return this.#exclude !== undefined && (path === this.#exclude.text || this.#exclude.matches(path));
  }
}

/** Like Go's `filepath.Abs`, but for what an escape or a wildcard means nothing to. */
function absolute(pattern: string, workingDirectory: string): string {
  const joined = pattern.startsWith('/') ? pattern : `${workingDirectory}/${pattern}`;
  const names: string[] = [];
  for (const name of joined.split('/')) {
    if (name === '..') names.pop();
    else if (name !== '' && name !== '.') names.push(name);
  }
  return `/${names.join('/')}`;
}

async function walk(
  directory: string,
  segments: readonly GlobSegment[],
  paths: Set<string>,
  directories: Set<string>,
  /** Folders above, by identity: a link to one of them would go round for ever. */
  above: readonly string[] = [],
): Promise<void> {
  const [segment, ...rest] = segments;
  if (segment === undefined) return;
  if (segment.kind === 'name' && rest.length > 0) {
    await walk(join(directory, segment.name), rest, paths, directories, above);
    return;
  }
  const names = await list(directory);
  if (names === undefined) return;
  directories.add(directory);
  if (segment.kind === 'folders') {
    const id = await identityOf(directory);
    if (id === undefined || above.includes(id)) return;
    await walk(directory, rest.length > 0 ? rest : anyName, paths, directories, above);
    for (const [name, mayBeFolder] of names) {
      if (mayBeFolder) await walk(join(directory, name), segments, paths, directories, [...above, id]);
    }
    return;
  }
  for (const [name, mayBeFolder] of names) {
    if (segment.kind === 'name' ? name !== segment.name : !segment.pattern.test(name)) continue;
    const path = join(directory, name);
    if (rest.length > 0) {
      if (mayBeFolder) await walk(path, rest, paths, directories, above);
    } else if (!mayBeFolder || (await isOther(path))) {
      paths.add(path);
    }
  }
}

const anyName: readonly GlobSegment[] = [{ kind: 'pattern', pattern: /^/ }];

function join(directory: string, name: string): string {
  return directory === '/' ? `/${name}` : `${directory}/${name}`;
}

/** The names in a folder, and whether each could be one itself (links may lead to one). Undefined: it is none, or not ours to read. */
async function list(directory: string): Promise<[name: string, mayBeFolder: boolean][] | undefined> {
  try {
    const entries = await readdir(fsPath(directory), { withFileTypes: true, encoding: 'buffer' });
    return entries.map((entry) => [decodeText(entry.name), entry.isDirectory() || entry.isSymbolicLink()]);
  } catch {
    return undefined;
  }
}

async function identityOf(directory: string): Promise<string | undefined> {
  try {
    const { dev, ino } = await stat(fsPath(directory), { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}

/** Whether there is something that is no folder. A link that leads nowhere is nothing, for now. */
async function isOther(path: string): Promise<boolean> {
  try {
    return !(await stat(fsPath(path))).isDirectory();
  } catch {
    return false;
  }
}
