import { appendFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { Decompression } from '../../../src/targets/file/compressed-reader.js';
import { FileRig } from '../../support/file-rig.js';

const gz: Decompression = { format: 'gz', initialDelayMs: 0 };

const lines = Array.from({ length: 20_000 }, (_, i) => `line ${i} ${'x'.repeat(i % 300)}`);
const short = 'one\r\n\ntwo';
const fixture = (name: string) => readFileSync(new URL(`fixtures/${name}`, import.meta.url));

describe.each([
  ['gz', () => gzipSync(short), () => gzipSync(`${lines.join('\n')}\n`)],
  ['z', () => deflateSync(short), () => deflateSync(`${lines.join('\n')}\n`)],
  // The second one: two streams behind each other, of several blocks each.
  ['bz2', () => fixture('short.bz2'), () => fixture('lines.bz2')],
] as const)('%s', (format, shortFile, longFile) => {
  test('is read to its end, without \\r, the last line too', async () => {
    const rig = new FileRig();
    writeFileSync(rig.path('a'), shortFile());
    await rig.start({ path: 'a', decompression: { format, initialDelayMs: 0 } });
    await rig.expectLines(['one', '', 'two']);
  });

  test('is larger than memory is given for it', async () => {
    const rig = new FileRig();
    writeFileSync(rig.path('a'), longFile());
    await rig.start({ path: 'a', decompression: { format, initialDelayMs: 0 } });
    await rig.expectLines(lines);
  });
});

test('the position is a number of lines, and a restart goes on behind them', async () => {
  const rig = new FileRig();
  writeFileSync(rig.path('a.gz'), gzipSync('one\ntwo\nthree\nfour\n'));
  rig.sink.settlesAtOnce = false;
  await rig.start({ path: 'a.gz', decompression: gz });
  await rig.expectLines(['one', 'two', 'three', 'four']);
  await rig.stop();
  expect(readFileSync(rig.positionsFile, 'utf8')).toContain('"0"');
  rig.sink.settlesAtOnce = true;
  await rig.start({ path: 'a.gz', decompression: gz });
  await rig.expectLines(['one', 'two', 'three', 'four', 'one', 'two', 'three', 'four']);
  await rig.stop();
  expect(readFileSync(rig.positionsFile, 'utf8')).toContain('"4"');
  appendFileSync(rig.path('a.gz'), gzipSync('five\n'));
  await rig.start({ path: 'a.gz', decompression: gz });
  await rig.expectLines(['one', 'two', 'three', 'four', 'one', 'two', 'three', 'four', 'five']);
});

test("a Promtail's number of lines is taken over", async () => {
  const rig = new FileRig();
  writeFileSync(rig.path('a.gz'), gzipSync('one\ntwo\nthree\n'));
  writeFileSync(rig.positionsFile, `positions:\n  ${rig.path('a.gz')}: "2"\n`);
  await rig.start({ path: 'a.gz', decompression: gz });
  await rig.expectLines(['three']);
});

test('members that are appended are read', async () => {
  const rig = new FileRig();
  writeFileSync(rig.path('a.gz'), gzipSync('one\n'));
  await rig.start({ path: 'a.gz', decompression: gz });
  await rig.expectLines(['one']);
  appendFileSync(rig.path('a.gz'), gzipSync('two\nthree\n'));
  await rig.expectLines(['one', 'two', 'three']);
});

test('a broken file is read as far as it goes, told of, and read on when it is whole', async () => {
  const rig = new FileRig();
  const many = Array.from({ length: 50_000 }, (_, i) => `line ${i} ${Math.sin(i)}`);
  const whole = gzipSync(`${many.join('\n')}\n`);
  writeFileSync(rig.path('a.gz'), whole.subarray(0, whole.length / 2));
  const [target] = await rig.start({ path: 'a.gz', decompression: gz });
  await expect
    .poll(() => target!.details())
    .toMatchObject({ files: [{ state: 'failing', lastError: expect.stringContaining('unexpected end') }] });
  const got = rig.sink.lines.length;
  expect(got).toBeGreaterThan(10_000);
  writeFileSync(rig.path('a.gz'), whole);
  await rig.expectLines(many);
});

test('another file under the same name is read from its start; one that was renamed is not', async () => {
  const rig = new FileRig();
  writeFileSync(rig.path('a.log.1.gz'), gzipSync('one, of the first file\n'));
  await rig.start({ path: 'a.log.*.gz', decompression: gz });
  await rig.expectLines(['one, of the first file']);
  renameSync(rig.path('a.log.1.gz'), rig.path('a.log.2.gz'));
  writeFileSync(rig.path('a.log.1.gz'), gzipSync('two, of the second file\n'));
  await rig.expectLines(['one, of the first file', 'two, of the second file']);
});

test('initial_delay is waited for', async () => {
  const rig = new FileRig();
  writeFileSync(rig.path('a.gz'), gzipSync('one\n'));
  const begin = Date.now();
  await rig.start({ path: 'a.gz', decompression: { format: 'gz', initialDelayMs: 300 } });
  await rig.expectLines(['one']);
  expect(Date.now() - begin).toBeGreaterThanOrEqual(300);
});
