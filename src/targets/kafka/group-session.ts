import type { Consumer, ConsumerGroupJoinEvent, EachBatchPayload, KafkaMessage } from 'kafkajs';
import { Entry } from '../../entry/entry.js';
import type { Labels } from '../../entry/labels.js';
import type { Line } from '../../entry/line.js';
import { decodeText } from '../../entry/text.js';
import type { TargetDeps } from '../target.js';
import { unlessAborted } from '../unless-aborted.js';
import { Claim } from './claim.js';

/** A line made of a message. */
export interface MessageLine {
  readonly labels: Labels;
  readonly seconds: number;
  readonly nanos: number;
  readonly line: Line;
}

/** What is to be sent of a message. `now` gives a time that no other line has. Throws when nothing can be made of it. */
export type ReadMessage = (
  message: KafkaMessage,
  labels: Labels,
  now: () => { readonly seconds: number; readonly nanos: number },
) => readonly MessageLine[];

export interface SessionOptions {
  readonly topics: readonly string[];
  readonly groupId: string;
  readonly labels: ReadonlyMap<string, string>;
  /** Where to begin in a partition of which nothing is committed. */
  readonly fromBeginning: boolean;
  readonly read: ReadMessage;
}

type SessionDeps = Pick<TargetDeps, 'sink' | 'relabel' | 'labelSets' | 'clock' | 'now' | 'log'>;

const commitEveryMs = 1000;
export const heartbeatMs = 3000;

/** One membership in a consumer group, for one list of topics. */
export class GroupSession {
  readonly #consumer: Consumer;
  readonly #options: SessionOptions;
  readonly #deps: SessionDeps;
  readonly #stopping: AbortSignal;
  readonly #crash = Promise.withResolvers<Error>();
  #isCrashed = false;
  #claims = new Map<string, Claim>();
  #commitTimer: NodeJS.Timeout | undefined;
  #commit: Promise<void> = Promise.resolve();
  /** The last push, which the next one waits for: a group that is divided anew reads again what was pushed and is not settled. */
  #pushed: Promise<void> = Promise.resolve();

  private constructor(consumer: Consumer, options: SessionOptions, deps: SessionDeps, stopping: AbortSignal) {
    this.#consumer = consumer;
    this.#options = options;
    this.#deps = deps;
    this.#stopping = stopping;
  }

  /** Joins the group and begins to read; stops reading when the signal is raised. */
  static async start(
    consumer: Consumer,
    options: SessionOptions,
    deps: SessionDeps,
    stopping: AbortSignal,
  ): Promise<GroupSession> {
    const session = new GroupSession(consumer, options, deps, stopping);
    try {
      await session.#start();
    } catch (error) {
      await consumer.disconnect();
      throw error;
    }
    return session;
  }

  /** Why the session is over, once it is. */
  get crashed(): Promise<Error> {
    return this.#crash.promise;
  }

  get claims(): readonly Claim[] {
    return [...this.#claims.values()];
  }

  /** Waits for what was read to be settled, tells the broker, and leaves the group. */
  async close(deadline: AbortSignal): Promise<void> {
    this.#pauseAll();
    clearInterval(this.#commitTimer);
    if (this.#isCrashed) return;
    const settled = Promise.all(this.claims.map(({ marks }) => marks.settled));
    await unlessAborted(settled, deadline).catch(() => {});
    await this.#commitSettled();
    await this.#consumer.disconnect();
  }

  async #start(): Promise<void> {
    const { topics, fromBeginning } = this.#options;
    const { GROUP_JOIN, CRASH } = this.#consumer.events;
    this.#consumer.on(GROUP_JOIN, (event) => this.#join(event));
    this.#consumer.on(CRASH, ({ payload }) => {
      this.#isCrashed = true;
      this.#crash.resolve(payload.error);
    });
    await this.#consumer.connect();
    await this.#consumer.subscribe({ topics: [...topics], fromBeginning });
    await this.#consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: (payload) => this.#take(payload),
    });
    this.#commitTimer = setInterval(() => this.#commitSettled(), commitEveryMs);
    this.#stopping.addEventListener('abort', () => this.#pauseAll(), { once: true });
    if (this.#stopping.aborted) this.#pauseAll();
  }

  /** The partitions are divided anew. Of those that stay, what is not committed comes again. */
  #join({ payload }: ConsumerGroupJoinEvent): void {
    const { memberId, memberAssignment } = payload;
    const { groupId, labels } = this.#options;
    this.#claims = new Map();
    for (const [topic, partitions] of Object.entries(memberAssignment)) {
      for (const partition of partitions) {
        const claim = new Claim(topic, partition, { memberId, groupId, labels }, this.#deps);
        this.#claims.set(keyOf(claim), claim);
        const details = { topic, partition };
        if (!claim.isReady)
          this.#deps.log.warn(details, 'partition is not read: relabelling leaves it no labels');
        else this.#deps.log.info(details, 'reading partition');
      }
    }
  }

  async #take({ batch, heartbeat, resolveOffset, pause }: EachBatchPayload): Promise<void> {
    const claim = this.#claims.get(keyOf(batch));
    const last = batch.messages.at(-1);
    if (this.#stopping.aborted || claim === undefined || last === undefined) return;
    if (!claim.isReady) {
      pause();
      return;
    }
    await this.#wait(this.#pushed, heartbeat);
    if (this.#stopping.aborted) return;
    const lines = batch.messages.flatMap((message) => this.#read(message, claim));
    claim.begin(BigInt(batch.messages[0]!.offset));
    const ack = claim.marks.add(BigInt(batch.lastOffset()) + 1n, lines.length);
    const entries = lines.map(
      ({ labels, seconds, nanos, line }) => new Entry(labels, seconds, nanos, line, ack),
    );
    if (entries.length > 0) {
      this.#pushed = Promise.resolve(this.#deps.sink.push(entries));
      await this.#wait(this.#pushed, heartbeat);
    }
    resolveOffset(last.offset);
    await heartbeat();
  }

  #read(message: KafkaMessage, claim: Claim): readonly MessageLine[] {
    const { clock, now, log } = this.#deps;
    const labels = claim.labelsFor(decodeText(message.key ?? Buffer.alloc(0)));
    try {
      return this.#options.read(message, labels, () => {
        clock.tick(now());
        return { seconds: clock.seconds, nanos: clock.nanos };
      });
    } catch (error) {
      const { topic, partition } = claim;
      log.error({ topic, partition, offset: message.offset, err: error }, 'message parsing error');
      return [];
    }
  }

  /** Stays in the group meanwhile. Returns early when reading is to stop; throws when the group wants something of its members. */
  async #wait(promise: Promise<void>, heartbeat: () => Promise<void>): Promise<void> {
    const interrupt = new AbortController();
    const timer = setInterval(() => {
      heartbeat().catch((error: unknown) => interrupt.abort(error));
    }, heartbeatMs);
    try {
      await unlessAborted(promise, AbortSignal.any([this.#stopping, interrupt.signal]));
    } catch (error) {
      if (!this.#stopping.aborted) throw error;
    } finally {
      clearInterval(timer);
    }
  }

  #commitSettled(): Promise<void> {
    this.#commit = this.#commit.then(async () => {
      const settled = this.claims.flatMap((claim) =>
        claim.uncommitted === undefined ? [] : [{ claim, offset: claim.uncommitted }],
      );
      if (settled.length === 0 || this.#isCrashed) return;
      try {
        await this.#consumer.commitOffsets(
          settled.map(({ claim: { topic, partition }, offset }) => ({
            topic,
            partition,
            offset: String(offset),
          })),
        );
        for (const { claim, offset } of settled) claim.noteCommitted(offset);
      } catch (error) {
        this.#deps.log.debug({ err: error }, 'cannot commit offsets; trying again');
      }
    });
    return this.#commit;
  }

  #pauseAll(): void {
    if (this.#isCrashed) return;
    this.#consumer.pause(this.claims.map(({ topic, partition }) => ({ topic, partitions: [partition] })));
  }
}

function keyOf({ topic, partition }: { readonly topic: string; readonly partition: number }): string {
  return `${partition} ${topic}`;
}
