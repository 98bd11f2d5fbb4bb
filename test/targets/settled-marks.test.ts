import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SettledMarks } from '../../src/targets/settled-marks.js';

it('never moves past a mark that is not settled, whatever the order', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(3), { minLength: 1 }), fc.infiniteStream(fc.nat()), (sizes, random) => {
      const reached: number[] = [];
      const marks = new SettledMarks<number>((mark) => reached.push(mark));
      const acks = sizes.map((lines, mark) => ({ ack: marks.add(mark, lines), left: lines }));
      const open = () => acks.findIndex(({ left }) => left > 0);
      for (let first = open(); first >= 0; first = open()) {
        expect(reached.at(-1) ?? -1).toBe(first - 1);
        const unsettled = acks.filter(({ left }) => left > 0);
        const chosen = unsettled[random.next().value! % unsettled.length]!;
        chosen.left -= 1;
        chosen.ack.done(1);
      }
      expect(reached.at(-1)).toBe(sizes.length - 1);
      expect(reached).toEqual(reached.toSorted((a, b) => a - b));
      expect(marks.isSettled).toBe(true);
    }),
  );
});

it('tells when nothing is unsettled any more', async () => {
  const marks = new SettledMarks<number>(() => {});
  await marks.settled;
  const ack = marks.add(1, 2);
  let isSettled = false;
  const settled = marks.settled.then(() => {
    isSettled = true;
  });
  ack.done(1);
  await Promise.resolve();
  expect(isSettled).toBe(false);
  ack.done(1);
  await settled;
});
