import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findRotated, lookAt, lookAtFamily } from '../../../src/targets/file/family.js';
import { hashBytes } from '../../../src/targets/file/file-identity.js';
import { tempDir } from '../../support/temp-dir.js';

test('a file is found in every look, also while it is being compressed', async () => {
  const path = join(tempDir(), 'audit.log');
  const plain = path.replace('.log', '-2026-01-02T03-04-05.678.log');
  writeFileSync(plain, 'one\n');
  let isOver = false;
  const compressing = (async () => {
    while (!isOver) {
      await writeFile(`${plain}.gz`, 'packed');
      await rm(plain);
      await writeFile(plain, 'one\n');
      await rm(`${plain}.gz`);
    }
  })();
  const counts = new Set<number>();
  for (let i = 0; i < 300; i++) {
    // At this pace it may be on the move each time; that is told, and looked at again.
    const family = await lookAtFamily(path).catch((error: { code?: string }) => error.code);
    if (family !== 'EMOVED') counts.add(family!.length);
  }
  isOver = true;
  await compressing;
  expect([...counts]).toEqual([1]);
});

test('folders and dangling links with the name of a rotated file are left out', async () => {
  const path = join(tempDir(), 'audit.log');
  mkdirSync(`${path}.1`);
  symlinkSync('/nowhere', `${path}.2`);
  writeFileSync(`${path}.3`, 'one\n');
  expect((await lookAtFamily(path)).map((file) => file.path)).toEqual([`${path}.3`]);
});

test.each([
  ['compressed', (path: string) => rmSync(path)],
  [
    'passed on',
    (path: string) => {
      renameSync(path, `${path}0`);
      writeFileSync(path, 'another');
    },
  ],
])('a file whose name was %s since the last look is not taken for one that is gone', async (_, change) => {
  const path = join(tempDir(), 'audit.log');
  const text = 'one, long enough to tell\n';
  writeFileSync(`${path}.1`, text);
  const { dev, ino, bornMs, size, modifiedMs } = (await lookAt(`${path}.1`))!;
  const head = { headBytes: text.length, headHash: hashBytes(Buffer.from(text)) };
  const mark = { path, dev, ino, bornMs, ...head, offset: 0, size, modifiedMs };
  const family = await lookAtFamily(path);
  expect(await findRotated(mark, family)).toBe(family[0]);
  change(`${path}.1`);
  await expect(findRotated(mark, family)).rejects.toMatchObject({ code: 'EMOVED' });
});
