import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  type Assignment,
  assignorNames,
  assignorOf,
  type Member,
} from '../../../src/targets/kafka/assignors.js';
import { decodeMemberData, encodeMemberData } from '../../../src/targets/kafka/member-data.js';

function member(id: string, topics: string[], owned: Record<string, number[]> = {}, generation = 1): Member {
  return { id, topics, owned: new Map(Object.entries(owned)), generation };
}

function assign(name: string, members: Member[], partitions: Record<string, number[]>) {
  const shares = assignorOf(name)(members, new Map(Object.entries(partitions)));
  return Object.fromEntries([...shares].map(([id, topics]) => [id, Object.fromEntries(topics)]));
}

it('gives ranges of each topic', () => {
  const members = [member('b', ['t', 'u']), member('a', ['t', 'u'])];
  expect(assign('range', members, { t: [0, 1, 2], u: [0] })).toEqual({
    a: { t: [0, 1], u: [0] },
    b: { t: [2] },
  });
});

it('gives partitions in turn', () => {
  const members = [member('a', ['t', 'u']), member('b', ['t', 'u'])];
  expect(assign('roundrobin', members, { u: [0], t: [0, 1, 2] })).toEqual({
    a: { t: [0, 2] },
    b: { t: [1], u: [0] },
  });
});

it('lets members keep what they have, as far as that is even', () => {
  const had = { t: [0, 1, 2, 3] };
  const members = [member('a', ['t'], had), member('b', ['t'])];
  expect(assign('sticky', members, { t: [0, 1, 2, 3] })).toEqual({ a: { t: [2, 3] }, b: { t: [0, 1] } });
  const later = [member('a', ['t'], { t: [2, 3] }, 3), member('c', ['t'], { t: [2] }, 2)];
  expect(assign('sticky', later, { t: [2, 3] })).toEqual({ a: { t: [3] }, c: { t: [2] } });
});

const members = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1 }).chain((ids) =>
  fc.tuple(
    ...ids.map((id) =>
      fc.record({
        id: fc.constant(id),
        topics: fc.subarray(['t', 'u', 'v'], { minLength: 1 }),
        owned: fc
          .dictionary(fc.constantFrom('t', 'u'), fc.uniqueArray(fc.nat(5)))
          .map((owned) => new Map(Object.entries(owned)) as Assignment),
        generation: fc.nat(3),
      }),
    ),
  ),
);

it.each(assignorNames)('gives each partition to one member that wants it: %s', (name) => {
  fc.assert(
    fc.property(members, fc.tuple(fc.nat(6), fc.nat(6), fc.nat(6)), (all, counts) => {
      const topics = ['t', 'u', 'v'];
      const wanted = topics.filter((topic) => all.some((each) => each.topics.includes(topic)));
      const partitions = new Map(
        wanted.map((topic) => [topic, Array.from({ length: counts[topics.indexOf(topic)]! }, (_, id) => id)]),
      );
      const shares = assignorOf(name)(all, partitions);
      for (const [topic, ids] of partitions) {
        const given = all.flatMap(({ id }) => shares.get(id)!.get(topic) ?? []);
        expect(given.toSorted()).toEqual(ids);
      }
      for (const { id, topics: own } of all)
        for (const topic of shares.get(id)!.keys()) expect(own).toContain(topic);
      expect([...shares.keys()].sort()).toEqual(all.map(({ id }) => id).sort());
    }),
  );
});

it('reads what members say of themselves as Sarama and Java write it', () => {
  const data = {
    owned: new Map([
      ['tópic', [1, 70_000]],
      ['u', []],
    ]),
    generation: 7,
  };
  const bytes = encodeMemberData(data);
  expect(bytes.toString('hex')).toBe(
    '0000000200067' + '4c3b370696300000002000000010001117000017500000000' + '00000007',
  );
  expect(decodeMemberData(bytes)).toEqual(data);
  // Version 0 ends before the generation.
  expect(decodeMemberData(bytes.subarray(0, -4))).toEqual({ ...data, generation: -1 });
  expect(decodeMemberData(Buffer.from('something else'))).toEqual({ owned: new Map(), generation: -1 });
});
