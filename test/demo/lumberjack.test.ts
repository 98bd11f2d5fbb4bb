import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, it, onTestFinished } from 'vitest';
import { Lumberjack, type LumberjackOptions } from '../../demo/lumberjack.js';
import { tempDir } from '../support/temp-dir.js';

const start = Date.parse('2026-03-02T08:15:04.120Z');

it('renames the file, with the time in UTC, before a write that would not fit', () => {
  const { dir, log } = open({ maxBytes: 10 });
  for (const line of ['aaaa\n', 'bbbb\n', 'cccc\n']) log.write(line);
  expect(contents(dir)).toEqual({
    'audit-2026-03-02T08-15-04.120.log': 'aaaa\nbbbb\n',
    'audit.log': 'cccc\n',
  });
});

it('refuses what is bigger than a file may be', () => {
  const { log } = open({ maxBytes: 3 });
  expect(() => log.write('aaaa')).toThrow('write length 4 exceeds maximum file size 3');
});

it('is without a live file between the rename and the new one', () => {
  const { dir, log } = open({ maxBytes: 5, onRotate: (backup) => seen.push(backup, ...readdirSync(dir)) });
  const seen: string[] = [];
  log.write('aaaa\n');
  log.write('bbbb\n');
  const name = 'audit-2026-03-02T08-15-04.120.log';
  expect(seen).toEqual([join(dir, name), name]);
});

it('goes on in a file that is there, and rotates a full one first', () => {
  const { dir, log } = open({ maxBytes: 10 });
  writeFileSync(join(dir, 'audit.log'), 'old\n');
  log.write('new\n');
  expect(contents(dir)).toEqual({ 'audit.log': 'old\nnew\n' });

  const second = open({ maxBytes: 10, dir });
  second.log.write('x\n');
  expect(contents(dir)).toEqual({ 'audit-2026-03-02T08-15-04.120.log': 'old\nnew\n', 'audit.log': 'x\n' });
});

it('packs rotated files and removes what it packed', async () => {
  const { dir, log } = open({ maxBytes: 5, compress: true });
  for (const line of ['aaaa\n', 'bbbb\n', 'cccc\n']) log.write(line);
  expect(readdirSync(dir)).toContain('audit-2026-03-02T08-15-04.120.log');
  await log.settled();
  expect(contents(dir)).toEqual({
    'audit-2026-03-02T08-15-04.120.log.gz': 'aaaa\n',
    'audit-2026-03-02T08-15-05.120.log.gz': 'bbbb\n',
    'audit.log': 'cccc\n',
  });
});

it.each([false, true])('keeps the newest backups only (packed: %s)', async (compress) => {
  const { dir, log } = open({ maxBytes: 5, maxBackups: 2, compress });
  writeFileSync(join(dir, 'audit-notes.log'), 'no backup');
  for (const line of ['aaaa\n', 'bbbb\n', 'cccc\n', 'dddd\n', 'eeee\n']) log.write(line);
  await log.close();
  expect(Object.values(contents(dir))).toEqual(['cccc\n', 'dddd\n', 'no backup', 'eeee\n']);
});

it('packs anew what a crash left half packed', async () => {
  const { dir, log } = open({ maxBytes: 5, compress: true });
  writeFileSync(join(dir, 'audit-2026-03-01T00-00-00.000.log'), 'whole\n');
  writeFileSync(join(dir, 'audit-2026-03-01T00-00-00.000.log.gz'), 'half');
  log.write('aaaa\n');
  await log.close();
  expect(contents(dir)).toEqual({
    'audit-2026-03-01T00-00-00.000.log.gz': 'whole\n',
    'audit.log': 'aaaa\n',
  });
});

it('gives new and packed files the mode of the one before', async () => {
  const { dir, log } = open({ maxBytes: 5, compress: true });
  log.write('aaaa\n');
  expect(modes(dir)).toEqual([0o600]);
  chmodSync(join(dir, 'audit.log'), 0o640);
  log.write('bbbb\n');
  await log.close();
  expect(modes(dir)).toEqual([0o640, 0o640]);
});

it('tells what is written', () => {
  const seen: string[] = [];
  const { log } = open({ maxBytes: 100, sync: true, onWrite: (data) => seen.push(data.toString()) });
  log.write('aaaa\n');
  log.write(Buffer.from('bbbb\n'));
  expect(seen).toEqual(['aaaa\n', 'bbbb\n']);
});

/** A writer whose clock goes on by a second with each rotation. */
function open({
  dir = tempDir(),
  ...options
}: Partial<LumberjackOptions> & { maxBytes: number; dir?: string }) {
  let at = start - 1000;
  const now = () => {
    at += 1000;
    return at;
  };
  const log = new Lumberjack({ file: join(dir, 'audit.log'), now, ...options });
  onTestFinished(() => log.close());
  return { dir, log };
}

function contents(dir: string): Record<string, string> {
  const read = (name: string) => {
    const bytes = readFileSync(join(dir, name));
    return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
  };
  return Object.fromEntries(
    readdirSync(dir)
      .sort()
      .map((name) => [name, read(name)]),
  );
}

function modes(dir: string): number[] {
  return readdirSync(dir).map((name) => statSync(join(dir, name)).mode & 0o777);
}
