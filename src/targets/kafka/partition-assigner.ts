import type { AssignerProtocol, Cluster, GroupMember, PartitionAssigner } from 'kafkajs';
import { type Assignment, assignorOf, type Member } from './assignors.js';
import { decodeMemberData, encodeMemberData, type MemberData } from './member-data.js';

/** One of the assignors in the form in which kafkajs takes it. `current` is asked what this member has when it joins again. */
export function partitionAssigner(
  name: string,
  { MemberMetadata, MemberAssignment }: typeof AssignerProtocol,
  current: () => MemberData,
): PartitionAssigner {
  const assign = assignorOf(name);
  const version = 1;
  return ({ cluster }) => ({
    name,
    version,
    protocol: ({ topics }) => ({
      name,
      metadata: MemberMetadata.encode({ version, topics, userData: encodeMemberData(current()) }),
    }),
    async assign({ members }) {
      const decoded = members.map(decodeMember);
      const shares = assign(decoded, partitionsOf(decoded, cluster));
      return [...shares].map(([memberId, assignment]) => ({
        memberId,
        memberAssignment: MemberAssignment.encode({
          version,
          assignment: Object.fromEntries([...assignment].map(([topic, ids]) => [topic, [...ids]])),
          userData: Buffer.alloc(0),
        }),
      }));
    },
  });

  function decodeMember({ memberId, memberMetadata }: GroupMember): Member {
    const metadata = MemberMetadata.decode(memberMetadata);
    return {
      id: memberId,
      topics: metadata?.topics ?? [],
      ...decodeMemberData(metadata?.userData ?? null),
    };
  }
}

function partitionsOf(members: readonly Member[], cluster: Cluster): Assignment {
  const topics = new Set(members.flatMap((member) => member.topics));
  return new Map(
    [...topics].map((topic) => [
      topic,
      cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId),
    ]),
  );
}
