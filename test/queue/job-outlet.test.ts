import { expect, test } from 'vitest';
import { Ack, noAck } from '../../src/entry/ack.js';
import { Entry } from '../../src/entry/entry.js';
import { LabelSets } from '../../src/entry/labels.js';
import { Line } from '../../src/entry/line.js';
import { JobOutlet } from '../../src/queue/job-outlet.js';
import { tempDir } from '../support/temp-dir.js';
import { HoldingSink, openQueue } from './queue-under-test.js';

const { empty } = new LabelSets();
const entry = (text: string, ack = noAck) => new Entry(empty, 1, 0, Line.ofText(text), ack);
/** An entry, and a promise for when it is settled. */
function awaited(text: string): { entry: Entry; settled: Promise<void> } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { entry: entry(text, new Ack(1, resolve)), settled: promise };
}

test('hands entries straight to the clients, as long as nothing is to be kept', async () => {
  const clients = new HoldingSink();
  new JobOutlet(clients).push([entry('a')]);
  expect(clients.lines).toEqual(['a']);
});

test('settles entries once they are on the disk, whatever becomes of them at the clients', async () => {
  const clients = new HoldingSink();
  const outlet = new JobOutlet(clients);
  outlet.keepIn((await openQueue(tempDir())).queue);
  const { entry: first, settled } = awaited('a');
  outlet.push([first]);
  await settled;
  expect(await clients.until(1)).toEqual(['a']);
});

test('lets what finds no room wait for it, says so, and takes nothing else meanwhile', async () => {
  const clients = new HoldingSink();
  const outlet = new JobOutlet(clients);
  outlet.keepIn((await openQueue(tempDir(), { maxBytes: 10_000 })).queue);
  for (const text of ['a', 'b', 'c', 'd']) {
    const { entry, settled } = awaited(text.repeat(2000));
    outlet.push([entry]);
    await settled;
  }
  const next = awaited('e'.repeat(2000));
  outlet.push([next.entry]);
  await expect.poll(() => outlet.hasRoomFor(0)).toBe(false);
  await clients.until(4);
  clients.settle();
  await next.settled;
  expect(outlet.hasRoomFor(0)).toBe(true);
  expect((await clients.until(1))[0]).toMatch(/^e/);
});

test('makes the pipeline wait when much is on its way to the disk', async () => {
  const outlet = new JobOutlet(new HoldingSink());
  outlet.keepIn((await openQueue(tempDir())).queue);
  expect(outlet.push([entry('x'.repeat(200_000))])).toBeUndefined();
  const room = outlet.push([entry('x'.repeat(200_000))]);
  expect(room).toBeInstanceOf(Promise);
  await room;
  expect(outlet.push([entry('x')])).toBeUndefined();
});

test('gives up at the stop what finds no room, and counts what nobody can send again', async () => {
  const outlet = new JobOutlet(new HoldingSink());
  const { queue, lost } = await openQueue(tempDir(), { maxBytes: 1000 });
  outlet.keepIn(queue);
  const large = awaited('x'.repeat(900));
  outlet.push([large.entry]);
  await large.settled;
  await outlet.stop();
  outlet.push([entry('y'.repeat(900)), awaited('z').entry]);
  await expect.poll(() => lost).toEqual([{ reason: 'no_room', bytes: 900 }]);
});
