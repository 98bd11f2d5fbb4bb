import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { GlobError, GlobPattern } from '../../../src/targets/file/glob-pattern.js';
import { PathGlob } from '../../../src/targets/file/path-glob.js';
import { tempDir } from '../../support/temp-dir.js';

describe('a pattern', () => {
  // As doublestar v4 answers.
  test.each<[pattern: string, yes: string[], no: string[]]>([
    ['/a/*.log', ['/a/b.log', '/a/.log', '/a/.hidden.log'], ['/a/b/c.log', '/a/b.logs', '/b.log']],
    ['/a/?.log', ['/a/b.log', '/a/é.log'], ['/a/bb.log', '/a/.log']],
    ['/a/[a-c].log', ['/a/b.log'], ['/a/d.log', '/a/B.log']],
    ['/a/[!a-c].log', ['/a/d.log'], ['/a/b.log']],
    ['/a/[^a-c].log', ['/a/d.log'], ['/a/b.log']],
    ['/a/{b,c*}.log', ['/a/b.log', '/a/cc.log'], ['/a/d.log']],
    ['/a/{b/c,d}.log', ['/a/b/c.log', '/a/d.log'], ['/a/b.log']],
    ['/a/{b,{c,d}e}.log', ['/a/b.log', '/a/de.log'], ['/a/d.log']],
    ['/a/**/b.log', ['/a/b.log', '/a/x/b.log', '/a/x/y/b.log'], ['/a/xb.log']],
    ['/a/**', ['/a', '/a/b', '/a/b/c'], ['/ab']],
    ['/a/**.log', ['/a/b.log'], ['/a/x/b.log']],
    ['/a/x**/b.log', ['/a/xy/b.log'], ['/a/xy/z/b.log']],
    ['/a/\\*.log', ['/a/*.log'], ['/a/b.log']],
    ['/a/[\\]].log', ['/a/].log'], ['/a/\\.log']],
    ['/a+(b)|c$.log', ['/a+(b)|c$.log'], ['/aab.log']],
  ])('%s', (pattern, yes, no) => {
    const glob = new GlobPattern(pattern);
    expect(yes.filter((path) => !glob.matches(path))).toEqual([]);
    expect(no.filter((path) => glob.matches(path))).toEqual([]);
  });

  test.each(['/a[', '/a[]', '/a{b', '/a}b', '/a\\', '/[b-a]'])('%s is refused', (pattern) => {
    expect(() => new GlobPattern(pattern)).toThrow(GlobError);
  });
});

test.each<[pattern: string, yes: string[], no: string[]]>([
  ['/a/*/c.log', ['/a', '/a/b'], ['/b', '/a/b/c', '/a/b/c.log']],
  ['/a/**/c.log', ['/a', '/a/b', '/a/b/c'], ['/b']],
  ['/a/*.log', ['/a'], ['/a/b', '/a/b.log']],
  ['/a/**', ['/a/b'], ['/b']],
])('files of %s may be in…', (pattern, yes, no) => {
  const glob = new GlobPattern(pattern);
  expect(yes.filter((path) => !glob.mayBeIn(path))).toEqual([]);
  expect(no.filter((path) => glob.mayBeIn(path))).toEqual([]);
});

describe('finding files', () => {
  function tree(...paths: string[]): string {
    const dir = tempDir();
    for (const path of paths) {
      mkdirSync(dirname(join(dir, path)), { recursive: true });
      writeFileSync(join(dir, path), '');
    }
    return dir;
  }

  async function found(dir: string, pattern: string, exclude = ''): Promise<string[]> {
    const { paths } = await new PathGlob(pattern, exclude, dir).find();
    return paths.map((path) => path.slice(dir.length + 1));
  }

  test.each<[pattern: string, exclude: string, found: string[]]>([
    ['*.log', '', ['.d.log', 'a.log', 'b.log']],
    ['**/*.log', '', ['.d.log', '.h/f.log', 'a.log', 'b.log', 'x/c.log', 'x/y/e.log']],
    ['*/*.log', '', ['.h/f.log', 'x/c.log']],
    ['x/**', '', ['x/c.log', 'x/y/e.log', 'x/y/g']],
    ['{a,x/c}.log', '', ['a.log', 'x/c.log']],
    ['./x/../a.log', '', ['a.log']],
    ['*.log', '*b*', ['.d.log', 'a.log']],
    ['**/*.log', '**/x/**', ['.d.log', '.h/f.log', 'a.log', 'b.log']],
    ['nothing/*', '', []],
    ['x', '', []],
  ])('%s without %j', async (pattern, exclude, paths) => {
    const dir = tree('a.log', 'b.log', '.d.log', 'x/c.log', 'x/y/e.log', 'x/y/g', '.h/f.log');
    expect(await found(dir, pattern, exclude)).toEqual(paths);
  });

  test('a name that is there is never a pattern', async () => {
    const dir = tree('[ab].log', 'a.log', 'b.log');
    expect(await found(dir, '[ab].log')).toEqual(['[ab].log']);
    expect(await found(dir, '[ab]*.log')).toEqual(['a.log', 'b.log']);
  });

  test('links to folders are followed, and never in circles', async () => {
    const dir = tree('x/a.log');
    symlinkSync('x', join(dir, 'y'));
    symlinkSync('..', join(dir, 'x/up'));
    symlinkSync('nowhere', join(dir, 'x/dead.log'));
    expect(await found(dir, 'y/*.log')).toEqual(['y/a.log']);
    expect(await found(dir, '**/*.log')).toEqual(['x/a.log', 'y/a.log']);
  });

  test('names that are not UTF-8', async () => {
    const dir = tempDir();
    writeFileSync(Buffer.concat([Buffer.from(`${dir}/`), Buffer.from([0xff]), Buffer.from('.log')]), '');
    expect(await found(dir, '*.log')).toEqual(['\udcff.log']);
  });
});
