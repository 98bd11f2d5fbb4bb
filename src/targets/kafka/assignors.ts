import { compareBytes } from '../../go/compare-bytes.js';

/** Partitions by topic. */
export type Assignment = ReadonlyMap<string, readonly number[]>;

/** A member of the group, as it describes itself. */
export interface Member {
  readonly id: string;
  readonly topics: readonly string[];
  /** What it had in the last generation that it was part of. */
  readonly owned: Assignment;
  readonly generation: number;
}

/** Divides all partitions among the members that want their topics. Every member is in the answer. */
export type Assign = (members: readonly Member[], partitions: Assignment) => Map<string, Assignment>;

/** By the names that Sarama gives them, so that a group can have Promtails in it. */
const assignors: Readonly<Record<string, Assign>> = { range, roundrobin, sticky };
export const assignorNames: readonly string[] = Object.keys(assignors);

export function assignorOf(name: string): Assign {
  return assignors[name]!;
}

interface Partition {
  readonly topic: string;
  readonly id: number;
}

/** Of each topic a member gets partitions that follow each other. */
function range(members: readonly Member[], partitions: Assignment): Map<string, Assignment> {
  const shares = new Shares(members);
  for (const [topic, ids] of partitions) {
    const takers = shares.takersOf(topic);
    ids.forEach((id, index) => {
      shares.give(takers[Math.floor((index * takers.length) / ids.length)]!, { topic, id });
    });
  }
  return shares.all();
}

/** The members take turns over all partitions. */
function roundrobin(members: readonly Member[], partitions: Assignment): Map<string, Assignment> {
  const shares = new Shares(members);
  let turn = 0;
  for (const partition of listOf(partitions)) {
    const takers = shares.takersOf(partition.topic);
    shares.give(takers[turn % takers.length]!, partition);
    turn += 1;
  }
  return shares.all();
}

/** As even as it can be, with as few partitions as possible changing hands. */
function sticky(members: readonly Member[], partitions: Assignment): Map<string, Assignment> {
  const shares = new Shares(members);
  const all = listOf(partitions);
  for (const partition of all) {
    const owners = shares
      .takersOf(partition.topic)
      .filter(({ owned }) => owned.get(partition.topic)?.includes(partition.id));
    const last = owners.reduce<Member | undefined>(
      (a, b) => (a !== undefined && a.generation >= b.generation ? a : b),
      undefined,
    );
    if (last !== undefined) shares.give(last, partition);
  }
  for (const partition of all) {
    if (shares.ownerOf(partition) === undefined) shares.give(shares.leastOf(partition.topic), partition);
  }
  for (let hasMoved = true; hasMoved; ) {
    hasMoved = false;
    for (const partition of all) {
      const owner = shares.ownerOf(partition)!;
      const least = shares.leastOf(partition.topic);
      if (shares.sizeOf(owner) - shares.sizeOf(least) < 2) continue;
      shares.give(least, partition);
      hasMoved = true;
    }
  }
  return shares.all();
}

/** Partitions of topics that somebody wants, in order. */
function listOf(partitions: Assignment): Partition[] {
  return [...partitions]
    .sort(([a], [b]) => compareBytes(a, b))
    .flatMap(([topic, ids]) => ids.map((id) => ({ topic, id })));
}

/** Who has what so far. */
class Shares {
  readonly #members: readonly Member[];
  readonly #owners = new Map<Partition, Member>();

  constructor(members: readonly Member[]) {
    this.#members = members.toSorted((a, b) => compareBytes(a.id, b.id));
  }

  takersOf(topic: string): Member[] {
    return this.#members.filter(({ topics }) => topics.includes(topic));
  }

  ownerOf(partition: Partition): Member | undefined {
    return this.#owners.get(partition);
  }

  give(member: Member, partition: Partition): void {
    this.#owners.set(partition, member);
  }

  sizeOf(member: Member): number {
    let size = 0;
    for (const owner of this.#owners.values()) if (owner === member) size += 1;
    return size;
  }

  leastOf(topic: string): Member {
    return this.takersOf(topic).reduce((a, b) => (this.sizeOf(b) < this.sizeOf(a) ? b : a));
  }

  all(): Map<string, Assignment> {
    const all = new Map(this.#members.map(({ id }) => [id, new Map<string, number[]>()]));
    for (const [{ topic, id }, member] of this.#owners) {
      const topics = all.get(member.id)!;
      topics.set(
        topic,
        [...(topics.get(topic) ?? []), id].sort((a, b) => a - b),
      );
    }
    return all;
  }
}
