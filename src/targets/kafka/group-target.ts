import type { Kafka, KafkaConfig } from 'kafkajs';
import { backoffMs } from '../../http/backoff.js';
import { sleep } from '../../http/sleep.js';
import type { ShownTarget, Target, TargetDeps } from '../target.js';
import { GroupSession, heartbeatMs, type SessionOptions } from './group-session.js';
import { kafkaLog } from './kafka-log.js';
import { type KafkaLibrary, loadKafkaJs } from './load-kafkajs.js';
import type { MemberData } from './member-data.js';
import { partitionAssigner } from './partition-assigner.js';
import { topicMatcher } from './topic-patterns.js';

export interface GroupOptions extends SessionOptions {
  readonly brokers: readonly string[];
  readonly assignor: string;
  /** Certificates and passwords, as they are now. */
  readonly credentials: () => Promise<Pick<KafkaConfig, 'ssl' | 'sasl'>>;
}

const topicPollMs = 30_000;
const firstRetryMs = 1000;
const lastRetryMs = 60_000;
/** How long a session that ends as there are new topics waits for what it has read to be settled. */
const handOverMs = 5000;

/** Reads topics as a member of a consumer group. What is committed is what Loki has accepted. */
export class GroupTarget implements Target {
  readonly type = 'Kafka';
  readonly discoveredLabels: ReadonlyMap<string, string> = new Map();
  readonly #options: GroupOptions;
  readonly #deps: TargetDeps;
  readonly #match: (existing: readonly string[]) => string[];
  readonly #stopping = new AbortController();
  #library: KafkaLibrary | undefined;
  #session: GroupSession | undefined;
  #running: Promise<void> = Promise.resolve();
  /** What this member had last, and in which generation of its own count. */
  #member: MemberData = { owned: new Map(), generation: 0 };
  #error = '';

  constructor(options: GroupOptions, deps: TargetDeps) {
    this.#options = options;
    this.#deps = deps;
    this.#match = topicMatcher(options.topics);
  }

  get labels(): ReadonlyMap<string, string> {
    return this.#options.labels;
  }

  get isReady(): boolean {
    return this.parts.some((claim) => claim.isReady);
  }

  /** Throws when no broker answers, as Promtail does not start then either. */
  async start(): Promise<void> {
    this.#library = await loadKafkaJs();
    let topics: string[];
    try {
      topics = await this.#listTopics();
    } catch (error) {
      throw new Error(`error creating kafka client: ${(error as Error).message}`, { cause: error });
    }
    this.#running = this.#consumeOnAndOn(topics, this.#stopping.signal);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async close(deadline: AbortSignal): Promise<void> {
    await this.#session?.close(deadline);
  }

  /** The partitions that the group has given to this member. */
  get parts(): readonly ShownTarget[] {
    return this.#session?.claims ?? [];
  }

  details(): Record<string, unknown> {
    return { topics: this.#options.topics, error: this.#error };
  }

  async #consumeOnAndOn(firstTopics: readonly string[], signal: AbortSignal): Promise<void> {
    let topics = firstTopics;
    for (let failures = 0; !signal.aborted; ) {
      try {
        topics =
          topics.length === 0 ? await this.#awaitTopics(topics, signal) : await this.#consume(topics, signal);
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        failures += 1;
        this.#error = (error as Error).message;
        this.#deps.log.error({ err: error }, 'error from the consumer, retrying...');
        await sleep(backoffMs(failures, firstRetryMs, lastRetryMs, Math.random()), signal);
      }
    }
  }

  /** Reads until there are other topics, which it returns, or reading is to stop; then the session is left open, to be closed later. */
  async #consume(topics: readonly string[], signal: AbortSignal): Promise<readonly string[]> {
    const session = await GroupSession.start(
      await this.#consumer(),
      { ...this.#options, topics },
      this.#deps,
      signal,
    );
    this.#session = session;
    this.#error = '';
    const over = new AbortController();
    try {
      return await Promise.race([
        session.crashed.then((error) => {
          throw error;
        }),
        this.#awaitTopics(topics, AbortSignal.any([signal, over.signal])),
      ]);
    } finally {
      over.abort();
      if (!signal.aborted) {
        await session.close(AbortSignal.timeout(handOverMs));
        this.#session = undefined;
      }
    }
  }

  /** The topics that there are once they are others, or the signal is raised. */
  async #awaitTopics(known: readonly string[], signal: AbortSignal): Promise<readonly string[]> {
    for (;;) {
      await sleep(topicPollMs, signal);
      if (signal.aborted) return known;
      try {
        const topics = await this.#listTopics();
        if (topics.join() !== known.join()) return topics;
      } catch (error) {
        this.#deps.log.warn({ err: error }, 'failed to fetch topics');
      }
    }
  }

  async #listTopics(): Promise<string[]> {
    const admin = (await this.#kafka()).admin();
    try {
      await admin.connect();
      return this.#match(await admin.listTopics());
    } finally {
      await admin.disconnect();
    }
  }

  async #kafka(): Promise<Kafka> {
    const { brokers, credentials } = this.#options;
    const { ssl, sasl } = await credentials();
    return new this.#library!.Kafka({
      clientId: 'auditail',
      brokers: [...brokers],
      logCreator: kafkaLog(this.#deps.log),
      // Who asks tries again in time.
      retry: { retries: 2 },
      ...(ssl !== undefined && { ssl }),
      ...(sasl !== undefined && { sasl }),
    });
  }

  async #consumer() {
    const { groupId, assignor } = this.#options;
    const { AssignerProtocol } = this.#library!;
    const consumer = (await this.#kafka()).consumer({
      groupId,
      partitionAssigners: [partitionAssigner(assignor, AssignerProtocol, () => this.#member)],
      heartbeatInterval: heartbeatMs,
      // As long as Sarama's: the time that a group waits for a member that was killed.
      sessionTimeout: 10_000,
      // Heartbeats and commits wait behind a fetch that waits for messages.
      maxWaitTimeInMs: 500,
      allowAutoTopicCreation: false,
      // Whether and when to begin anew is decided here.
      retry: { restartOnFailure: async () => false },
    });
    consumer.on(consumer.events.GROUP_JOIN, ({ payload: { memberAssignment } }) => {
      const owned = new Map(Object.entries(memberAssignment));
      this.#member = { owned, generation: this.#member.generation + 1 };
    });
    return consumer;
  }
}
