import { expect, it } from 'vitest';
import { noAck } from '../../src/entry/ack.js';
import { Entry } from '../../src/entry/entry.js';
import { LabelSets } from '../../src/entry/labels.js';
import { Line } from '../../src/entry/line.js';
import { DirectIntake } from '../../src/queue/direct-intake.js';
import { HoldingSink } from './queue-under-test.js';

const labels = new LabelSets().of([['job', 'a']]);
const entry = (text: string) => new Entry(labels, 0, 0, Line.ofText(text), noAck);
const never = new AbortController().signal;
const megabytes = (count: number) => 'x'.repeat(count * 1024 * 1024);

it('tells that entries are safe once they are settled', async () => {
  const sink = new HoldingSink();
  const intake = new DirectIntake(sink);
  const receipt = intake.deliver([entry('a'), entry('b')], never);
  expect(await sink.until(2)).toEqual(['a', 'b']);
  expect(intake.waitingBytes).toBeGreaterThan(0);
  sink.settle();
  expect(await receipt).toBe('safe');
  expect(intake.waitingBytes).toBe(0);
});

it('tells at once when those who were to settle the entries are gone', async () => {
  const sink = new HoldingSink();
  const intake = new DirectIntake(sink);
  const receipt = intake.deliver([entry(megabytes(40))], never);
  await sink.until(1);
  expect(intake.hasRoomFor(40 * 1024 * 1024)).toBe(false);
  intake.resend();
  expect(await receipt).toBe('late');
  expect(intake.hasRoomFor(40 * 1024 * 1024)).toBe(true);
  // The sender comes again, and is not held up by what was before.
  const again = intake.deliver([entry(megabytes(40))], never);
  await sink.until(2);
  sink.settle(0);
  expect(intake.hasRoomFor(40 * 1024 * 1024)).toBe(false);
  sink.settle();
  expect(await again).toBe('safe');
});

it('takes what alone is too much, and nothing beside it', async () => {
  const sink = new HoldingSink();
  const intake = new DirectIntake(sink);
  const receipt = intake.deliver([entry(megabytes(70))], never);
  await sink.until(1);
  expect(await intake.deliver([entry('more')], never)).toBe('full');
  sink.settle();
  expect(await receipt).toBe('safe');
});

it('gives up at the deadline', async () => {
  const intake = new DirectIntake(new HoldingSink());
  expect(await intake.deliver([entry('a')], AbortSignal.timeout(20))).toBe('late');
});
