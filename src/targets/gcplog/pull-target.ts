import { Ack } from '../../entry/ack.js';
import type { Entry } from '../../entry/entry.js';
import { backoffMs } from '../../http/backoff.js';
import { Connections } from '../../http/connections.js';
import { plainHttp } from '../../http/http-options.js';
import { sleep } from '../../http/sleep.js';
import { sharedCounter, sharedGauge } from '../../metrics/shared-metrics.js';
import type { Target, TargetDeps } from '../target.js';
import { unlessAborted } from '../unless-aborted.js';
import type { GcplogOptions } from './gcplog-schema.js';
import { GoogleLogin } from './google-login.js';
import { LogEntryError, LogEntryReader } from './log-entry.js';
import { type PulledMessage, Subscription } from './subscription.js';

/** Messages asked for at once: REST has no flow control, and what is handed out has to be kept. */
const maxMessages = 500;
/** Messages handed out and not settled, at most. */
const maxOutstanding = 5000;
/** Pub/Sub keeps a message for us this long, and is asked again before that is over. */
const holdSeconds = 60;
const extendEveryMs = 20_000;
/** Acknowledgements of what is settled at about the same time go together. */
const acknowledgeEveryMs = 100;

/** `subscription_type: pull`: asks Pub/Sub for messages, and acknowledges them once Loki has accepted them. */
export class PullTarget implements Target {
  readonly type = 'Gcplog';
  readonly discoveredLabels: ReadonlyMap<string, string> = new Map();
  readonly labels: ReadonlyMap<string, string>;
  readonly isReady = true;
  readonly #options: GcplogOptions;
  readonly #deps: TargetDeps;
  readonly #connections: Connections;
  readonly #subscription: Subscription;
  readonly #reader: LogEntryReader;
  readonly #metrics;
  /** Ids of messages that are handed out and not settled. */
  readonly #outstanding = new Set<string>();
  #settled: string[] = [];
  readonly #stopping = new AbortController();
  readonly #closing = new AbortController();
  #timers: NodeJS.Timeout[] = [];
  #pulling: Promise<void> | undefined;
  /** Requests about messages, one after the other. */
  #telling: Promise<void> = Promise.resolve();
  #progress = Promise.withResolvers<void>();
  #lastError: string | undefined;

  constructor(options: GcplogOptions, deps: TargetDeps) {
    const { environment } = deps;
    this.labels = options.labels;
    this.#options = options;
    this.#deps = deps;
    this.#connections = new Connections({ ...plainHttp, proxy_from_environment: true }, environment);
    const emulator = environment.PUBSUB_EMULATOR_HOST;
    const endpoint = emulator ? `http://${emulator}` : 'https://pubsub.googleapis.com';
    const name = `projects/${options.project_id}/subscriptions/${options.subscription}`;
    const login = emulator ? undefined : new GoogleLogin(this.#connections, environment);
    this.#subscription = new Subscription(endpoint, name, { connections: this.#connections, login });
    this.#reader = new LogEntryReader(options, deps);
    this.#metrics = metricsIn(deps);
  }

  async start(): Promise<void> {
    this.#pulling = this.#pullAll();
    this.#timers = [
      setInterval(() => this.#tell(() => this.#acknowledge()), acknowledgeEveryMs),
      setInterval(() => this.#tell(() => this.#extend()), extendEveryMs),
    ];
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#pulling;
  }

  /** Acknowledges what is settled, and gives back the rest, so that it is handed out again soon. */
  async close(deadline: AbortSignal): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    const giveUp = setTimeout(() => this.#closing.abort(), deadline.aborted ? 1000 : 5000);
    this.#tell(() => this.#acknowledge());
    this.#tell(() => this.#subscription.extend([...this.#outstanding], 0, this.#closing.signal));
    await this.#telling;
    clearTimeout(giveUp);
    await this.#connections.close();
  }

  details(): Record<string, unknown> {
    const { project_id, subscription } = this.#options;
    return { project: project_id, subscription, unsettled: this.#outstanding.size, error: this.#lastError };
  }

  async #pullAll(): Promise<void> {
    const { signal } = this.#stopping;
    for (let failures = 0; !signal.aborted; ) {
      try {
        await this.#take(await this.#subscription.pull(maxMessages, signal));
        failures = 0;
        this.#lastError = undefined;
        this.#metrics.lastSuccess.set(this.#names(), this.#deps.now() / 1000);
      } catch (error) {
        if (signal.aborted) return;
        failures += 1;
        this.#lastError = (error as Error).message;
        this.#metrics.errors.inc({ project: this.#options.project_id });
        this.#deps.log.error({ error: this.#lastError }, 'cannot pull messages from Pub/Sub');
        await sleep(backoffMs(failures, 1000, 10_000, Math.random()), signal);
      }
    }
  }

  async #take(messages: readonly PulledMessage[]): Promise<void> {
    if (messages.length === 0) return;
    for (const { ackId } of messages) this.#outstanding.add(ackId);
    const ids = messages.map(({ ackId }) => ackId);
    this.#tell(() => this.#subscription.extend(ids, holdSeconds, this.#closing.signal));
    const entries = messages.map((message) => this.#entryOf(message)).filter((entry) => entry !== undefined);
    const { signal } = this.#stopping;
    const room = this.#deps.sink.push(entries);
    if (room !== undefined) await unlessAborted(room, signal);
    while (this.#outstanding.size > maxOutstanding) await unlessAborted(this.#progress.promise, signal);
  }

  /** Undefined when there is nothing to send: then it is settled. */
  #entryOf({ ackId, data }: PulledMessage): Entry | undefined {
    let entry: Entry | undefined;
    try {
      entry = this.#reader.read(data);
    } catch (error) {
      if (!(error instanceof LogEntryError)) throw error;
      // Promtail acknowledges what it cannot read, and it is lost.
      this.#metrics.errors.inc({ project: this.#options.project_id });
      this.#deps.log.warn({ error: error.message }, 'a message that cannot be read is sent as it came');
      entry = this.#reader.asItCame(data);
    }
    const settle = () => {
      this.#outstanding.delete(ackId);
      this.#settled.push(ackId);
      this.#progress.resolve();
      this.#progress = Promise.withResolvers();
    };
    if (entry === undefined) {
      settle();
      return undefined;
    }
    entry.ack = new Ack(1, settle);
    this.#metrics.entries.inc({ project: this.#options.project_id });
    return entry;
  }

  async #acknowledge(): Promise<void> {
    if (this.#settled.length === 0) return;
    const ids = this.#settled;
    this.#settled = [];
    await this.#subscription.acknowledge(ids, this.#closing.signal);
  }

  async #extend(): Promise<void> {
    await this.#subscription.extend([...this.#outstanding], holdSeconds, this.#closing.signal);
  }

  /** What fails is not tried again: then messages come once more. */
  #tell(request: () => Promise<void>): void {
    this.#telling = this.#telling.then(request).catch((error: unknown) => {
      this.#deps.log.warn(
        { error: (error as Error).message },
        'cannot tell Pub/Sub of messages; they may come again',
      );
    });
  }

  #names() {
    return { project: this.#options.project_id, target: this.#options.subscription };
  }
}

function metricsIn({ registry }: TargetDeps) {
  const labelNames = ['project'] as const;
  return {
    entries: sharedCounter(registry, {
      name: 'promtail_gcplog_target_entries_total',
      help: 'Messages that were taken.',
      labelNames,
    }),
    errors: sharedCounter(registry, {
      name: 'promtail_gcplog_target_parsing_errors_total',
      help: 'Messages that could not be read, and requests that failed.',
      labelNames,
    }),
    lastSuccess: sharedGauge(registry, {
      name: 'promtail_gcplog_target_last_success_scrape',
      help: 'When messages were last asked for with success.',
      labelNames: ['project', 'target'],
    }),
  };
}
