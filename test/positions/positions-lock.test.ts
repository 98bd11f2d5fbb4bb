import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { PositionsLock, PositionsLockedError } from '../../src/positions/positions-lock.js';
import { tempDir } from '../support/temp-dir.js';

test('one at a time', async () => {
  const filename = join(tempDir(), 'positions.yaml');
  const lock = await PositionsLock.take(filename);
  await expect(PositionsLock.take(filename)).rejects.toThrow(PositionsLockedError);
  await lock.release();
  expect(readdirSync(join(filename, '..'))).toEqual([]);
  await (await PositionsLock.take(filename)).release();
});

test('of several at once, one gets it', async () => {
  const filename = join(tempDir(), 'positions.yaml');
  writeFileSync(`${filename}.lock`, '');
  const tries = await Promise.allSettled(Array.from({ length: 8 }, () => PositionsLock.take(filename)));
  const got = tries.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  expect(got).toHaveLength(1);
  await got[0]!.release();
});

test('a process that is killed leaves no lock behind', async () => {
  const filename = join(tempDir(), 'positions.yaml');
  const script = `
    import { createServer } from 'node:net';
    createServer().listen(${JSON.stringify(`${filename}.lock`)}, () => console.log('locked'));
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  await expect(PositionsLock.take(filename)).rejects.toThrow(PositionsLockedError);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(existsSync(`${filename}.lock`)).toBe(true);
  await (await PositionsLock.take(filename)).release();
});

test('works where the path is too long for a socket', async () => {
  const directory = join(tempDir(), 'd'.repeat(120));
  mkdirSync(directory);
  const filename = join(directory, 'positions.yaml');
  const lock = await PositionsLock.take(filename);
  await expect(PositionsLock.take(filename)).rejects.toThrow(PositionsLockedError);
  await lock.release();
});
