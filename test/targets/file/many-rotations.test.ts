import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { setImmediate as turn } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { FileRig } from '../../support/file-rig.js';

const startMs = Date.UTC(2026, 0, 2, 3, 4, 5);

/** As lumberjack names the file that it rotates then. */
function rotatedName(atMs: number): string {
  return `audit-${new Date(atMs).toISOString().slice(0, -1).replaceAll(':', '-')}.log`;
}

/** A log that was rotated so often, none of which is to be read, and then in a moment `more` times, while nothing is taken. */
async function rotateMuch(rig: FileRig, before: number, more: number): Promise<string[]> {
  for (let i = 0; i < before; i++) writeFileSync(rig.path(rotatedName(startMs + i)), `old ${i}\n`);
  const lines = Array.from({ length: more + 1 }, (_, index) => `line ${index} of those that are to be read`);
  writeFileSync(rig.path('audit.log'), `${lines[0]}\n`);
  const { promise, resolve } = Promise.withResolvers<void>();
  rig.sink.hold = promise;
  await rig.start({ path: 'audit.log' });
  await rig.expectLines(lines.slice(0, 1));
  for (let i = 0; i < more; i++) {
    renameSync(rig.path('audit.log'), rig.path(rotatedName(startMs + before + i)));
    writeFileSync(rig.path('audit.log'), `${lines[i + 1]}\n`);
    // Each is told of by itself.
    await turn();
  }
  rig.sink.hold = undefined;
  resolve();
  return lines;
}

test('a log that was rotated thousands of times is read on, and stops, as soon as any other', async () => {
  const rig = new FileRig();
  const lines = await rotateMuch(rig, 3000, 200);
  const rotatedAt = performance.now();
  await expect.poll(() => rig.sink.lines.length, { timeout: 20_000 }).toBe(lines.length);
  await rig.stop();
  expect(rig.sink.lines).toEqual(lines);
  expect(performance.now() - rotatedAt).toBeLessThan(10_000);
}, 60_000);

test('what is rotated while it stops does not keep it', async () => {
  const rig = new FileRig();
  await rotateMuch(rig, 3000, 200);
  const stoppedAt = performance.now();
  await rig.stop();
  expect(performance.now() - stoppedAt).toBeLessThan(3000);
}, 60_000);

test('a file that is compressed after it was seen is read as what it was compressed to', async () => {
  const rig = new FileRig();
  const lines = await rotateMuch(rig, 10, 60);
  const last = rig.path(rotatedName(startMs + 10 + 59));
  // All but 32 are not open yet.
  writeFileSync(`${last}.gz`, gzipSync(`${lines.at(-2)}\n`));
  rmSync(last);
  await expect.poll(() => rig.sink.lines.length, { timeout: 20_000 }).toBe(lines.length);
  expect(rig.sink.lines).toEqual(lines);
});
