import { copyFileSync, cpSync, readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { Metadata } from '../../src/entry/metadata.js';
import { encodeText } from '../../src/entry/text.js';
import { entriesOf } from '../support/entries.js';
import { tempDir } from '../support/temp-dir.js';
import { HoldingSink, openQueue } from './queue-under-test.js';

const numbered = (count: number, from = 0) => Array.from({ length: count }, (_, i) => `line ${from + i}`);
const segmentsIn = (dir: string) => readdirSync(dir).filter((name) => /^\d+$/.test(name));

/** What is on the disk at this moment, as a crash would leave it. */
function crashedCopy(dir: string): string {
  const copy = tempDir();
  cpSync(dir, copy, { recursive: true });
  return copy;
}

it('pushes what is appended, in order, with labels, time and metadata as they were', async () => {
  const { queue } = await openQueue(tempDir());
  const sink = new HoldingSink();
  queue.read(sink);
  const { entries } = entriesOf(['one', 'bytes \udcff\udc80', ''], { job: 'x', quoted: 'a"\\\n' });
  entries[1]!.metadata = Metadata.of([
    ['trace', '1'],
    ['trace', 'ü'],
  ]);
  entries[2]!.seconds = -62_135_596_800;
  const expected = entries.map(({ labels, seconds, nanos, metadata }) => [
    labels.stream,
    seconds,
    nanos,
    metadata?.pairs(),
  ]);
  expect(await queue.append(entries)).toBe(true);
  expect(await sink.until(3)).toEqual(['one', 'bytes \udcff\udc80', '']);
  expect(
    sink.held.map(({ labels, seconds, nanos, metadata }) => [
      labels.stream,
      seconds,
      nanos,
      metadata?.pairs(),
    ]),
  ).toEqual(expected);
  const bytes = Buffer.alloc(8);
  sink.held[1]!.line.writeTo(bytes, 0);
  expect(bytes).toEqual(encodeText('bytes \udcff\udc80'));
});

it('sends again after a crash what was not settled, and only that', async () => {
  const dir = tempDir();
  const { queue } = await openQueue(dir);
  const sink = new HoldingSink();
  queue.read(sink);
  for (const line of numbered(4)) await queue.append(entriesOf([line]).entries);
  await sink.until(4);
  await queue.stopReading();

  const afterCrash = await openQueue(crashedCopy(dir));
  const replayed = new HoldingSink();
  afterCrash.queue.read(replayed);
  expect(await replayed.until(4)).toEqual(numbered(4));

  sink.settle();
  await queue.close();
  expect(segmentsIn(dir)).toEqual([]);
});

it('tells how much is not settled, also of a file that is settled in part', async () => {
  const { queue } = await openQueue(tempDir());
  const sink = new HoldingSink();
  queue.read(sink);
  await queue.append(entriesOf(['one']).entries);
  await sink.until(1);
  const one = queue.unsettledBytes;
  expect(one).toBe(queue.bytes);
  await queue.append(entriesOf(['two']).entries);
  await sink.until(2);
  expect(queue.unsettledBytes).toBe(2 * one);
  sink.settle(0);
  expect(queue.unsettledBytes).toBe(one);
  sink.settle();
  expect(queue.unsettledBytes).toBe(0);
});

it('keeps the order of old and new entries, and does not wait for the old ones to be settled', async () => {
  const dir = tempDir();
  const first = await openQueue(dir);
  await first.queue.append(entriesOf(numbered(3)).entries);
  await first.queue.close();

  const { queue } = await openQueue(dir);
  await queue.append(entriesOf(numbered(3, 3)).entries);
  const sink = new HoldingSink();
  queue.read(sink);
  expect(await sink.until(6)).toEqual(numbered(6));
});

it('goes on after the last run when everything was settled', async () => {
  const dir = tempDir();
  for (const round of [0, 1, 2]) {
    const { queue } = await openQueue(dir);
    const sink = new HoldingSink();
    queue.read(sink);
    await queue.append(entriesOf([`round ${round}`]).entries);
    expect(await sink.until(1)).toEqual([`round ${round}`]);
    sink.settle();
    await queue.close();
  }
});

it('never skips an unsettled entry, in whatever order entries settle and the agent is killed', async () => {
  const ends = fc.record({
    count: fc.integer({ min: 1, max: 12 }),
    order: fc.array(fc.nat(100), { maxLength: 12 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(ends, { minLength: 1, maxLength: 4 }), async (rounds) => {
      let dir = tempDir();
      const open = new Set<string>();
      let next = 0;
      for (const { count, order } of rounds) {
        const { queue } = await openQueue(dir);
        for (const line of numbered(count, next)) {
          await queue.append(entriesOf([line]).entries);
          open.add(line);
        }
        next += count;
        const sink = new HoldingSink();
        queue.read(sink);
        await vi.waitFor(() => expect(sink.lines).toEqual(expect.arrayContaining([...open])));
        for (const pick of order) {
          if (sink.held.length === 0) break;
          const index = pick % sink.held.length;
          open.delete(sink.lines[index]!);
          sink.settle(index);
        }
        await queue.stopReading();
        dir = crashedCopy(dir);
      }
    }),
    { numRuns: 20 },
  );
});

it('skips a frame that a crash has cut off, and goes on behind it', async () => {
  const dir = tempDir();
  const first = await openQueue(dir);
  for (const line of numbered(3)) await first.queue.append(entriesOf([line]).entries);
  const crashed = crashedCopy(dir);
  const [segment] = segmentsIn(crashed);
  const path = join(crashed, segment!);
  truncateSync(path, statSync(path).size - 5);

  const { queue, lost } = await openQueue(crashed);
  await queue.append(entriesOf(['later']).entries);
  const sink = new HoldingSink();
  queue.read(sink);
  expect(await sink.until(3)).toEqual(['line 0', 'line 1', 'later']);
  expect(lost).toEqual([{ reason: 'damaged', bytes: expect.any(Number) }]);
});

it('tells of damage in the middle, and sends what is sound', async () => {
  const dir = tempDir();
  const first = await openQueue(dir);
  await first.queue.append(entriesOf(['sound']).entries);
  await first.queue.close();
  const [segment] = segmentsIn(dir);
  copyFileSync(join(dir, segment!), join(dir, '00000001'));
  writeFileSync(join(dir, segment!), Buffer.alloc(100, 0xff));

  const { queue, lost } = await openQueue(dir);
  const sink = new HoldingSink();
  queue.read(sink);
  expect(await sink.until(1)).toEqual(['sound']);
  expect(lost).toEqual([{ reason: 'damaged', bytes: 100 }]);
});

it('refuses entries when it is full, until what is in it is settled', async () => {
  const { queue } = await openQueue(tempDir(), { maxBytes: 100_000 });
  const line = 'x'.repeat(9000);
  let taken = 0;
  while (await queue.append(entriesOf([line]).entries)) taken += 1;
  expect(taken).toBe(11);
  const sink = new HoldingSink();
  queue.read(sink);
  await sink.until(taken);
  const room = queue.roomMade();
  sink.settle();
  await room;
  await vi.waitFor(async () => expect(await queue.append(entriesOf([line]).entries)).toBe(true));
});

it('takes what alone is too big when there is nothing else', async () => {
  const { queue } = await openQueue(tempDir(), { maxBytes: 1000 });
  expect(await queue.append(entriesOf(['x'.repeat(2_000_000)]).entries)).toBe(true);
  expect(await queue.append(entriesOf(['x']).entries)).toBe(false);
  const sink = new HoldingSink();
  queue.read(sink);
  expect((await sink.until(1))[0]).toHaveLength(2_000_000);
});

it('pushes again what is not settled when those who had it are gone', async () => {
  const { queue } = await openQueue(tempDir());
  const sink = new HoldingSink();
  queue.read(sink);
  for (const line of numbered(3)) {
    await queue.append(entriesOf([line]).entries);
    await sink.until(sink.held.length || 1);
  }
  await sink.until(3);
  sink.settle(0);
  sink.held.length = 0;
  queue.resend();
  expect(await sink.until(2)).toEqual(['line 1', 'line 2']);
});

it('gives up what is too old, when so configured, and counts it', async () => {
  let now = Date.now();
  const { queue, lost } = await openQueue(tempDir(), { maxAgeMs: 60_000, now: () => now });
  await queue.append(entriesOf(['old']).entries);
  now += 61_000;
  await vi.waitFor(() => expect(lost).toEqual([{ reason: 'too_old', bytes: expect.any(Number) }]), 3000);
  await queue.append(entriesOf(['new']).entries);
  const sink = new HoldingSink();
  queue.read(sink);
  expect(await sink.until(1)).toEqual(['new']);
});

it('keeps what many append at once, in order', async () => {
  const { queue } = await openQueue(tempDir());
  const sink = new HoldingSink();
  queue.read(sink);
  const lines = numbered(500);
  await Promise.all(lines.map((line) => queue.append(entriesOf([line]).entries)));
  expect(await sink.until(500)).toEqual(lines);
});
