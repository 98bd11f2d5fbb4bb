import type { Assignment } from './assignors.js';

/** What a member tells the next leader about itself, so that it keeps what it has: Kafka's StickyAssignorUserData, version 1. */
export interface MemberData {
  readonly owned: Assignment;
  readonly generation: number;
}

export function encodeMemberData({ owned, generation }: MemberData): Buffer {
  const parts = [int32(owned.size)];
  for (const [topic, ids] of owned) {
    const name = Buffer.from(topic);
    const length = Buffer.alloc(2);
    length.writeInt16BE(name.length);
    parts.push(length, name, int32(ids.length), ...ids.map(int32));
  }
  return Buffer.concat([...parts, int32(generation)]);
}

/** Nothing for a member that tells nothing, or something else. Version 0 has no generation: it counts as the oldest. */
export function decodeMemberData(bytes: Buffer | null): MemberData {
  const nothing = { owned: new Map(), generation: -1 };
  if (bytes === null || bytes.length === 0) return nothing;
  try {
    let at = 0;
    const readInt32 = () => {
      at += 4;
      return bytes.readInt32BE(at - 4);
    };
    const owned = new Map<string, number[]>();
    for (let topics = readInt32(); topics > 0; topics--) {
      const start = at + 2;
      at = start + bytes.readInt16BE(at);
      const topic = bytes.toString('utf8', start, at);
      const ids: number[] = [];
      for (let count = readInt32(); count > 0; count--) ids.push(readInt32());
      owned.set(topic, ids);
    }
    return { owned, generation: at + 4 <= bytes.length ? readInt32() : -1 };
  } catch {
    return nothing;
  }
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}
