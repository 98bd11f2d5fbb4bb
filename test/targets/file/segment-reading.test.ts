import { truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { LabelSets } from '../../../src/entry/labels.js';
import { ReadClock } from '../../../src/entry/read-clock.js';
import type { Sink } from '../../../src/entry/sink.js';
import type { LineOutlet } from '../../../src/targets/file/line-outlet.js';
import { chunkBytes, ReadBuffers } from '../../../src/targets/file/read-buffers.js';
import { Segment } from '../../../src/targets/file/segment.js';
import { SegmentReading } from '../../../src/targets/file/segment-reading.js';
import { tempDir } from '../../support/temp-dir.js';

test('of lines that were read ahead, the file is known to be what it was then, not when they were handed on', async () => {
  const path = join(tempDir(), 'audit.log');
  writeFileSync(path, 'a line\n'.repeat(chunkBytes / 2));
  utimesSync(path, 1000, 1000);
  const segment = await Segment.open(path);
  let lines = 0;
  const sink = {
    async push(entries: unknown[]): Promise<void> {
      const isFirst = lines === 0;
      lines += entries.length;
      if (!isFirst) return;
      // Cut and written anew, of which the agent takes note.
      truncateSync(path, 0);
      writeFileSync(path, 'others\n'.repeat(chunkBytes / 2));
      utimesSync(path, 2000, 2000);
      await segment.refresh();
    },
  };
  const outlet = outletTo(sink, new AbortController().signal);
  const reading = new SegmentReading({ path, encoding: undefined, outlet, buffers: new ReadBuffers() });
  expect(await reading.read(segment)).toEqual({ kind: 'changed' });
  expect(lines).toBeGreaterThan(chunkBytes / 7);
  expect(segment.mark().modifiedMs).toBe(1_000_000);
  await segment.close();
});

test('when reading is stopped, the buffers are given back once nobody looks at the lines any more', async () => {
  const path = join(tempDir(), 'audit.log');
  writeFileSync(path, 'a line\n'.repeat(chunkBytes / 2));
  const segment = await Segment.open(path);
  const handedOn = Promise.withResolvers<void>();
  const abort = new AbortController();
  const sink = {
    push(): Promise<void> {
      setImmediate(() => abort.abort());
      return handedOn.promise;
    },
  };
  const buffers = new ReadBuffers();
  const outlet = outletTo(sink, abort.signal);
  const reading = new SegmentReading({ path, encoding: undefined, outlet, buffers });
  await expect(reading.read(segment)).rejects.toMatchObject({ name: 'AbortError' });
  await segment.close();
  let areFree = false;
  const both = Promise.all([buffers.take(), buffers.take()]).then(() => {
    areFree = true;
  });
  await pause(50);
  expect(areFree).toBe(false);
  handedOn.resolve();
  await both;
});

function outletTo(sink: Sink, signal: AbortSignal): LineOutlet {
  return {
    sink,
    labels: new LabelSets().empty,
    clock: new ReadClock(),
    now: Date.now,
    signal,
    maxLineBytes: 1000,
    countLines() {},
    countSkippedNuls() {},
    countCutLine() {},
  };
}
