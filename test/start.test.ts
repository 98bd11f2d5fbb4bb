import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startAgent } from './support/agent-process.js';
import { serve } from './support/fake-server.js';
import { tempDir } from './support/temp-dir.js';

/** The bundle without what V8 keeps of it. */
function copyWithoutCache(): string {
  const folder = join(tempDir(), 'dist');
  mkdirSync(folder);
  for (const file of readdirSync('dist')) {
    if (!file.endsWith('.cache')) copyFileSync(join('dist', file), join(folder, file));
  }
  return folder;
}

/** The help that the bundle prints, and what V8 says about the code it was offered. */
function start(folder: string, flags: readonly string[] = []) {
  const program = `process.argv.push('-help');
    const { script } = await import(process.argv[1]);
    console.error(script.cachedDataRejected);`;
  const words = [...flags, '--input-type=module', '--eval', program, join(folder, 'auditail.js')];
  const { stdout, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8', timeout: 60_000 });
  return { helps: stdout.includes('-config.file string'), rejected: stderr.trim() };
}

const cache = `agent-${process.versions.v8}-${process.arch}.cache`;

it('starts with the code that V8 compiled when the bundle was built', () => {
  expect(start(join(process.cwd(), 'dist'))).toEqual({ helps: true, rejected: 'false' });
});

it('starts without it, as on another version of Node', () => {
  expect(start(copyWithoutCache())).toEqual({ helps: true, rejected: 'undefined' });
});

it('starts with code that V8 does not take', () => {
  const folder = copyWithoutCache();
  writeFileSync(join(folder, cache), 'not what V8 wrote');
  expect(start(folder)).toEqual({ helps: true, rejected: 'true' });
  expect(start(join(process.cwd(), 'dist'), ['--max-lazy'])).toEqual({ helps: true, rejected: 'true' });
});

it('is ASCII, as it is read with one byte a character, and kept so', () => {
  const source = readFileSync('dist/agent.cjs', 'latin1');
  expect(source.match(/[^\0-\x7f].{0,40}/g)).toBeNull();
});

it('has V8 optimise the walk over JSON and no other WebAssembly', async () => {
  const url = await serve(() => ({ status: 204 }));
  const agent = await startAgent(
    {
      server: { disable: true },
      clients: [{ url: `${url}/push` }],
      scrape_configs: [{ job_name: 'a', pipeline_stages: [{ json: { expressions: { verb: '' } } }] }],
    },
    {
      flags: ['-stdin'],
      nodeFlags: ['--trace-wasm-compilation-times', '--wasm-sync-tier-up'],
    },
  );
  agent.stdin.end('{"user":{"groups":["a","b"]},"verb":"get"}\n'.repeat(100_000));
  expect(await agent.ended()).toMatchObject({ code: 0 });
  const sizesBy = (compiler: string) =>
    [...agent.stdout.matchAll(new RegExp(`using ${compiler},.* bodysize (\\d+)`, 'g'))].map(([, size]) =>
      Number(size),
    );
  // The parser of answers is the largest of all: it was there, and only the first of V8's compilers has seen it.
  expect(Math.max(...sizesBy('Liftoff'))).toBeGreaterThan(20_000);
  expect(sizesBy('TurboFan')).not.toEqual([]);
  expect(Math.max(...sizesBy('TurboFan'))).toBeLessThan(5000);
});
