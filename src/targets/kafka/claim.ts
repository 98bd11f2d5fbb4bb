import type { Labels } from '../../entry/labels.js';
import { finalLabels } from '../final-labels.js';
import { SettledMarks } from '../settled-marks.js';
import type { ShownTarget, TargetDeps } from '../target.js';

/** Keys whose labels are remembered, at most. */
const maxKeys = 1000;

/** A partition that the group has given to this member, until it divides them anew. */
export class Claim implements ShownTarget {
  readonly type = 'Kafka';
  readonly topic: string;
  readonly partition: number;
  readonly discoveredLabels: ReadonlyMap<string, string>;
  /** The offset behind each batch that was read. */
  readonly marks: SettledMarks<bigint>;
  readonly #deps: Pick<TargetDeps, 'relabel' | 'labelSets'>;
  /** Undefined when relabelling leaves none: then its messages are not read. */
  readonly #labels: Labels | undefined;
  readonly #byKey = new Map<string, Labels>();
  /** Where reading would go on: everything before is settled. Undefined: nothing is yet. */
  #settledTo: bigint | undefined;
  #committed: bigint | undefined;

  constructor(
    topic: string,
    partition: number,
    group: {
      readonly memberId: string;
      readonly groupId: string;
      readonly labels: ReadonlyMap<string, string>;
    },
    deps: Pick<TargetDeps, 'relabel' | 'labelSets'>,
  ) {
    this.topic = topic;
    this.partition = partition;
    this.#deps = deps;
    this.discoveredLabels = new Map([
      ['__meta_kafka_topic', topic],
      ['__meta_kafka_partition', String(partition)],
      ['__meta_kafka_member_id', group.memberId],
      ['__meta_kafka_group_id', group.groupId],
    ]);
    const labels = finalLabels(new Map([...this.discoveredLabels, ...group.labels]), deps);
    this.#labels = labels?.size === 0 ? undefined : labels;
    this.marks = new SettledMarks((offset) => {
      this.#settledTo = offset;
    });
  }

  /** Whether its messages are read. */
  get isReady(): boolean {
    return this.#labels !== undefined;
  }

  /** Without those of a message's key. */
  get labels(): ReadonlyMap<string, string> {
    return new Map(this.#labels?.pairs());
  }

  /** Reading begins here, or goes on. Committed, it is where the next one begins, should nothing be settled before. */
  begin(offset: bigint): void {
    this.#settledTo ??= offset;
  }

  /** What is settled and not committed. */
  get uncommitted(): bigint | undefined {
    return this.#settledTo === this.#committed ? undefined : this.#settledTo;
  }

  noteCommitted(offset: bigint): void {
    this.#committed = offset;
  }

  /** The labels of a message with this key. As in Promtail the rules see the key alone, and do not drop what they say to. */
  labelsFor(key: string): Labels {
    let labels = this.#byKey.get(key);
    if (labels === undefined) {
      labels = this.#labels!;
      const own = finalLabels(new Map([['__meta_kafka_message_key', key || 'none']]), this.#deps);
      for (const [name, value] of own?.pairs() ?? []) labels = labels.with(name, value);
      if (this.#byKey.size >= maxKeys) this.#byKey.clear();
      this.#byKey.set(key, labels);
    }
    return labels;
  }

  details(): Record<string, unknown> {
    return { topic: this.topic, partition: this.partition, committed: String(this.#committed ?? '') };
  }
}
