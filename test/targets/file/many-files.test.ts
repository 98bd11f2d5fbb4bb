import { appendFileSync, renameSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import type { LineBlock } from '../../../src/entry/line-block.js';
import { FileRig } from '../../support/file-rig.js';

/** Enough of a head to know a file by. */
const head = 'x'.repeat(2000);
const names = Array.from({ length: 50 }, (_, index) => `${index}.log`);

/** Files of one line each, which is read. */
async function rigOf(files: readonly string[]): Promise<FileRig> {
  const rig = new FileRig();
  for (const name of files) writeFileSync(rig.path(name), `${head}\n`);
  await rig.start({ path: '*.log' });
  await expect.poll(() => rig.sink.lines.length).toBe(files.length);
  rig.sink.received.length = 0;
  return rig;
}

const linesOf = (rig: FileRig, name: string) =>
  rig.sink.received.filter(({ filename }) => filename === rig.path(name)).map(({ text }) => text);

test('what is written to many files within a moment is handed on together', async () => {
  const rig = await rigOf(names);
  const push = vi.spyOn(rig.sink, 'push');
  for (const name of names) appendFileSync(rig.path(name), `one of ${name}\n`);
  for (const name of names) appendFileSync(rig.path(name), `two of ${name}\n`);
  await expect.poll(() => rig.sink.lines.length).toBe(100);
  for (const name of names) expect(linesOf(rig, name)).toEqual([`one of ${name}`, `two of ${name}`]);
  expect(push.mock.calls.length).toBeLessThan(10);
});

test('much that is written at once is handed on as it was read, for its lines to be packed; a little is not', async () => {
  const rig = await rigOf(['a.log']);
  const blocks: number[] = [];
  Object.assign(rig.sink, {
    pushLines(block: LineBlock) {
      blocks.push(block.length);
      return rig.sink.push(block.entries());
    },
  });
  appendFileSync(rig.path('a.log'), 'a little\n');
  await rig.expectLines(['a little']);
  expect(blocks).toEqual([]);
  appendFileSync(rig.path('a.log'), `${head}\n`.repeat(20));
  await expect.poll(() => rig.sink.lines.length).toBe(21);
  expect(blocks).toEqual([20]);
});

test('more than fits among the others is read on after them, in order', async () => {
  const rig = await rigOf(names);
  const many = Array.from({ length: 3000 }, (_, index) => `${index} ${head}`);
  for (const name of names) appendFileSync(rig.path(name), `one of ${name}\n`);
  appendFileSync(rig.path('7.log'), `${many.join('\n')}\n`);
  appendFileSync(rig.path('8.log'), 'last\n');
  await expect.poll(() => rig.sink.lines.length).toBe(3051);
  expect(linesOf(rig, '7.log')).toEqual(['one of 7.log', ...many]);
  expect(linesOf(rig, '8.log')).toEqual(['one of 8.log', 'last']);
});

test('while nothing is taken, what is written waits, whatever happens to its file', async () => {
  const rig = await rigOf(['a.log', 'b.log', 'c.log']);
  const { promise, resolve } = Promise.withResolvers<void>();
  rig.sink.hold = promise;
  appendFileSync(rig.path('a.log'), 'a1\n');
  await rig.expectLines(['a1']);
  appendFileSync(rig.path('a.log'), 'a2\n');
  appendFileSync(rig.path('b.log'), 'b1\n');
  renameSync(rig.path('b.log'), rig.path('b.log.1'));
  writeFileSync(rig.path('b.log'), `${head}\nb2\n`);
  truncateSync(rig.path('c.log'));
  writeFileSync(rig.path('c.log'), `c1${head}\nc2\n`);
  rig.sink.hold = undefined;
  resolve();
  await expect.poll(() => linesOf(rig, 'a.log')).toEqual(['a1', 'a2']);
  await expect.poll(() => linesOf(rig, 'b.log')).toEqual(['b1', head, 'b2']);
  await expect.poll(() => linesOf(rig, 'c.log')).toEqual([`c1${head}`, 'c2']);
});

test('files that go while nothing is taken do not keep others from being read', async () => {
  const rig = new FileRig();
  const { promise, resolve } = Promise.withResolvers<void>();
  rig.sink.hold = promise;
  for (const name of ['a.log', 'b.log', 'c.log', 'd.log']) writeFileSync(rig.path(name), `in ${name}\n`);
  await rig.start({ path: 'a.log' }, { path: 'b.log' }, { path: 'c.log' });
  await rig.expectLines(['in a.log', 'in b.log']);
  await rig.restartTargets({ path: 'd.log' });
  resolve();
  await rig.expectLines(['in a.log', 'in b.log', 'in d.log']);
});

test('lines that cannot be handed on are told of, and their files are read on', async () => {
  const rig = await rigOf(['a.log', 'b.log']);
  vi.spyOn(rig.sink, 'push').mockImplementationOnce(() => Promise.reject(new Error('no')));
  appendFileSync(rig.path('a.log'), 'one\n');
  await expect.poll(() => rig.logged.map(({ msg }) => msg)).toContain('cannot read the file; trying again');
  appendFileSync(rig.path('a.log'), 'two\n');
  appendFileSync(rig.path('b.log'), 'three\n');
  await expect.poll(() => rig.sink.lines.toSorted()).toEqual(['three', 'two']);
  await expect.poll(() => rig.logged.map(({ msg }) => msg)).toContain('the file can be read again');
});

test('a file system that may not answer at once is asked in turn', async () => {
  const rig = new FileRig();
  rig.disks = { has: async () => false };
  writeFileSync(rig.path('a.log'), 'one\n');
  await rig.start({ path: 'a.log' });
  await rig.expectLines(['one']);
  appendFileSync(rig.path('a.log'), `${head}\n`);
  await rig.expectLines(['one', head]);
  renameSync(rig.path('a.log'), rig.path('a.log.1'));
  writeFileSync(rig.path('a.log'), 'two\n');
  await rig.expectLines(['one', head, 'two']);
  truncateSync(rig.path('a.log'));
  appendFileSync(rig.path('a.log'), 'three\n');
  await rig.expectLines(['one', head, 'two', 'three']);
  unlinkSync(rig.path('a.log'));
  writeFileSync(rig.path('a.log'), 'four\n');
  await rig.expectLines(['one', head, 'two', 'three', 'four']);
});
