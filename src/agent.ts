import type { Readable } from 'node:stream';
import type { Logger } from 'pino';
import { Counter } from 'prom-client';
import { buildJob, buildStdinJob, type JobDeps } from './build-job.js';
import { buildClient } from './client/any-client.js';
import type { EntryClient } from './client/client-kind.js';
import type { ClientState } from './client/client-status.js';
import { FanOut } from './client/fan-out.js';
import type { Codec } from './client/snappy.js';
import { allClients, clientLimitsOf } from './config/clients.js';
import type { LoadedConfig } from './config/load.js';
import type { Config } from './config/schema.js';
import { LabelSets } from './entry/labels.js';
import { ReadClock } from './entry/read-clock.js';
import type { Sink } from './entry/sink.js';
import { fingerprint } from './fields/fingerprint.js';
import type { Job } from './job.js';
import type { AgentRegistry } from './metrics/agent-registry.js';
import { type ClientMetrics, clientMetrics } from './metrics/client-metrics.js';
import { CustomMetricSet } from './metrics/custom-metric-set.js';
import type { Family } from './metrics/family.js';
import { FileMetrics } from './metrics/file-metrics.js';
import { type PositionsMetrics, positionsMetrics } from './metrics/positions-metrics.js';
import { AllQueueMetrics } from './metrics/queue-metrics.js';
import { StageCounters } from './metrics/stage-counters.js';
import type { Observe } from './pipeline/build-stages.js';
import { limitLineRate } from './pipeline/line-rate.js';
import { TokenBucket } from './pipeline/token-bucket.js';
import { PositionStore } from './positions/position-store.js';
import { DiskQueues } from './queue/disk-queues.js';
import { decompressionOf } from './targets/file/decompression-field.js';
import { DirectoryWatch } from './targets/file/directory-watch.js';
import { FileClaims } from './targets/file/file-claims.js';
import { FileTarget } from './targets/file/file-target.js';
import { ReadBuffers } from './targets/file/read-buffers.js';

/** What an agent is given besides its config. */
export interface AgentDeps {
  readonly log: Logger;
  readonly metrics: AgentRegistry;
  readonly version: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly hostname: string;
  readonly codec: Codec;
  readonly now: () => number;
  /** Lines come from here and nowhere else: `-stdin`. */
  readonly input: Readable | undefined;
  /** Takes all entries instead of the clients: `-dry-run`. Positions are then read, but not written. */
  readonly dryRun: Sink | undefined;
  /** Looks at what stages do: `-inspect`. */
  readonly observe: Observe | undefined;
}

interface RunningJob {
  readonly job: Job;
  /** What its config said, to see whether it has changed. */
  readonly config: string;
}

/** All that is made of one config. What it has in common with the one before it is the same object. */
interface Setup {
  readonly loaded: LoadedConfig;
  readonly clients: readonly EntryClient[];
  readonly clientsConfig: string;
  readonly filename: string;
  readonly positions: PositionStore;
  readonly queues: DiskQueues | undefined;
  readonly walConfig: string;
  readonly jobs: ReadonlyMap<string, RunningJob>;
  /** What all jobs depend on. */
  readonly sharedConfig: string;
  readonly custom: CustomMetricSet;
}

/** How long a reload lets what it replaces finish. Then the new goes on from what is settled. */
const reloadDrainMs = 5000;

/** The parts of the agent at work: built from a config, replaced by a reload where it has changed, drained at the end. */
export class Agent {
  readonly #deps: AgentDeps;
  readonly #labelSets = new LabelSets();
  readonly #clock = new ReadClock();
  readonly #clientMetrics: ClientMetrics;
  readonly #positionsMetrics: PositionsMetrics;
  readonly #stageCounters: StageCounters;
  readonly #targetsFailed: Counter<'reason'>;
  readonly #fileMetrics: FileMetrics;
  readonly #queueMetrics: AllQueueMetrics;
  /** Which file is read by whom, so that none is read twice. */
  readonly #fileClaims = new FileClaims();
  readonly #directoryWatch = new DirectoryWatch();
  /** What pipelines push into; the clients behind it may change. */
  readonly #fanOut = new FanOut([]);
  readonly #inputEnded = Promise.withResolvers<'input'>();
  /** Aborted by `stop`: nothing waits for its rate any longer. */
  readonly #stopping = new AbortController();
  #setup: Setup | undefined;
  /** Start, reloads and stop, one at a time. */
  #change: Promise<void> = Promise.resolve();

  constructor(deps: AgentDeps) {
    const { registry } = deps.metrics;
    this.#deps = deps;
    this.#clientMetrics = clientMetrics(registry);
    this.#positionsMetrics = positionsMetrics(registry);
    this.#stageCounters = new StageCounters(registry);
    this.#targetsFailed = new Counter({
      name: 'promtail_targets_failed_total',
      help: 'Discovered targets that are not read, by reason.',
      labelNames: ['reason'],
      registers: [registry],
    });
    this.#fileMetrics = new FileMetrics(registry);
    this.#queueMetrics = new AllQueueMetrics(registry);
  }

  /** Throws, with nothing running, when a part cannot be built or started. */
  start(loaded: LoadedConfig): Promise<void> {
    return this.#inTurn(async () => {
      const setup = await this.#build(loaded, undefined);
      await this.#switchTo(setup, undefined);
    });
  }

  /** Builds all of the new before it stops any of the old; what has not changed goes on undisturbed. Throws with the old untouched. */
  reload(loaded: LoadedConfig): Promise<void> {
    return this.#inTurn(async () => {
      const before = this.#setup!;
      const setup = await this.#build(loaded, before);
      await this.#switchTo(setup, before);
    });
  }

  /** Ends in the order of the flow. What Loki has not accepted by the deadline is read again by the next run. */
  stop(deadline: AbortSignal): Promise<void> {
    return this.#inTurn(async () => {
      const setup = this.#setup;
      if (setup === undefined) return;
      this.#stopping.abort();
      await Promise.all([...setup.jobs.values()].map(({ job }) => job.stop(deadline)));
      await Promise.all(setup.clients.map((client) => client.close(deadline)));
      await Promise.all([...setup.jobs.values()].map(({ job }) => job.close(deadline)));
      await setup.queues?.close();
      await setup.positions.stop();
    });
  }

  /** Resolves when everything of `input` has been read; never without one. */
  get inputEnded(): Promise<'input'> {
    return this.#inputEnded.promise;
  }

  get loaded(): LoadedConfig | undefined {
    return this.#setup?.loaded;
  }

  get jobs(): readonly Job[] {
    return [...(this.#setup?.jobs.values() ?? [])].map(({ job }) => job);
  }

  /** Whether any target has something to read. */
  get isReady(): boolean {
    return this.jobs.some((job) => job.targets.some((target) => target.isReady));
  }

  clientStates(): ClientState[] {
    return (this.#setup?.clients ?? []).map((client) => client.state());
  }

  /** The metrics that pipelines define. */
  customFamilies(): Family[] {
    return this.#setup?.custom.collect() ?? [];
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#change.then(work);
    this.#change = turn.catch(() => {});
    return turn;
  }

  /** Touches nothing that runs. */
  async #build(loaded: LoadedConfig, before: Setup | undefined): Promise<Setup> {
    const { config } = loaded;
    const { log, now } = this.#deps;
    const { global, limits_config, target_config, wal } = config;
    const { filename } = config.positions;
    const sharedConfig = fingerprint({ global, limits_config, target_config, wal, filename });
    const isSame = before?.sharedConfig === sharedConfig;
    const custom = isSame ? before.custom : new CustomMetricSet(log, now);
    const clientsConfig = fingerprint([allClients(config), limits_config]);
    const clients =
      before?.clientsConfig === clientsConfig ? before.clients : await this.#buildClients(config);
    const positions = before?.filename === filename ? before.positions : await this.#openPositions(config);
    const walConfig = fingerprint(wal);
    const queues = before?.walConfig === walConfig ? before.queues : await this.#prepareQueues(config);
    const parts = { clients, positions, queues };
    const deps = this.#jobDeps(config, positions, queues, custom);
    const { input } = this.#deps;
    try {
      const jobs =
        input === undefined
          ? this.#buildJobs(config, deps, isSame ? before : undefined, before?.clients === clients)
          : this.#buildStdinJob(config, input, deps);
      return { ...parts, loaded, filename, walConfig, clientsConfig, jobs, sharedConfig, custom };
    } catch (error) {
      await closeParts(parts, before);
      throw error;
    }
  }

  /**
   * The jobs of `before` whose config is the same are kept. With other clients, those that can read again begin anew: what the clients
   * before did not get through is read again, and nothing overtakes it.
   */
  #buildJobs(
    config: Config,
    deps: JobDeps,
    before: Setup | undefined,
    keepsClients: boolean,
  ): Map<string, RunningJob> {
    const jobs = new Map<string, RunningJob>();
    for (const job of config.scrape_configs) {
      const jobConfig = job.fingerprint;
      const running = before?.jobs.get(job.job_name);
      const isKept = running?.config === jobConfig && (keepsClients || !running.job.readsAgain);
      jobs.set(job.job_name, isKept ? running : { job: buildJob(job, deps), config: jobConfig });
    }
    return jobs;
  }

  #buildStdinJob(config: Config, input: Readable, deps: JobDeps): Map<string, RunningJob> {
    const [first, ...others] = config.scrape_configs;
    if (others.length > 0) {
      this.#deps.log.warn(
        { ignored: others.length },
        'reading from stdin: only the first scrape config counts',
      );
    }
    const { job, ended } = buildStdinJob(first, input, deps);
    ended.then(() => this.#inputEnded.resolve('input'), this.#inputEnded.reject);
    return new Map([[job.name, { job, config: '' }]]);
  }

  /** Stops what is not in `next` and starts what is new in it. */
  async #switchTo(next: Setup, before: Setup | undefined): Promise<void> {
    const drain = AbortSignal.timeout(reloadDrainMs);
    const kept = new Set([...next.jobs.values()].map(({ job }) => job));
    const leaving = [...(before?.jobs.values() ?? [])].map(({ job }) => job).filter((job) => !kept.has(job));
    await Promise.all(leaving.map((job) => job.stop(drain)));
    if (before !== undefined && before.clients !== next.clients) {
      this.#fanOut.replace(next.clients);
      await Promise.all(before.clients.map((client) => client.close(drain)));
      for (const job of kept) job.resend();
    } else {
      this.#fanOut.replace(next.clients);
    }
    await Promise.all(leaving.map((job) => job.close(drain)));
    if (before !== undefined && before.queues !== next.queues) await before.queues?.close();
    if (before !== undefined && before.positions !== next.positions) await before.positions.stop();
    next.positions.start(next.loaded.config.positions.sync_period);
    this.#setup = next;
    const running = new Set([...(before?.jobs.values() ?? [])].map(({ job }) => job));
    for (const { job } of next.jobs.values()) if (!running.has(job)) await job.start();
  }

  async #buildClients(config: Config): Promise<EntryClient[]> {
    const { log, now, version, environment, codec, dryRun } = this.#deps;
    if (dryRun !== undefined) return [];
    const limits = clientLimitsOf(config);
    const deps = { log, now, version, environment, codec, limits, metrics: this.#clientMetrics };
    return Promise.all(allClients(config).map((client) => buildClient(client, deps)));
  }

  #openPositions({ positions }: Config): Promise<PositionStore> {
    const { log, now, dryRun } = this.#deps;
    const options = {
      filename: positions.filename,
      ignoreInvalidYaml: positions.ignore_invalid_yaml,
      isReadOnly: dryRun !== undefined,
    };
    return PositionStore.open(options, { log, now, metrics: this.#positionsMetrics });
  }

  async #prepareQueues({ wal, scrape_configs }: Config): Promise<DiskQueues | undefined> {
    const { log, now, dryRun } = this.#deps;
    if (!wal.enabled || dryRun !== undefined) return undefined;
    const deps = { log, now, labelSets: this.#labelSets, metrics: this.#queueMetrics };
    const queues = await DiskQueues.prepare(wal, deps);
    await queues.tellOrphans(scrape_configs.map(({ job_name }) => job_name));
    return queues;
  }

  #jobDeps(
    config: Config,
    positions: PositionStore,
    queues: DiskQueues | undefined,
    custom: CustomMetricSet,
  ): JobDeps {
    const { log, now, metrics, observe, hostname, version, environment, dryRun } = this.#deps;
    return {
      sink: this.#limited(dryRun ?? this.#fanOut, config),
      queues,
      positions,
      labelSets: this.#labelSets,
      clock: this.#clock,
      now,
      log,
      registry: metrics.registry,
      stageMetrics: this.#stageCounters.with(custom),
      observe,
      isTrial: dryRun !== undefined,
      hostname,
      version,
      environment,
      buildFileTarget: this.#fileTargetBuilder(config, positions),
      countDropped: (reason) => this.#targetsFailed.inc({ reason }),
    };
  }

  #fileTargetBuilder(config: Config, positions: PositionStore): JobDeps['buildFileTarget'] {
    const { min_poll_frequency, max_poll_frequency } = config.global.file_watch_config;
    const shared = {
      positions,
      claims: this.#fileClaims,
      watch: this.#directoryWatch,
      metrics: this.#fileMetrics,
      labelSets: this.#labelSets,
      clock: this.#clock,
      now: this.#deps.now,
    };
    return (job) => {
      const buffers = new ReadBuffers();
      return (plan, sink, log) =>
        new FileTarget(
          {
            ...plan,
            jobName: job.job_name,
            encoding: job.encoding === '' ? undefined : job.encoding,
            decompression: decompressionOf(job.decompression),
            minPollMs: min_poll_frequency,
            maxPollMs: max_poll_frequency,
            syncPeriodMs: config.target_config.sync_period,
          },
          { ...shared, sink, buffers, log },
        );
    };
  }

  /** `limits_config.readline_rate…`: one bucket for all jobs. */
  #limited(sink: Sink, { limits_config: limits }: Config): Sink {
    if (!limits.readline_rate_enabled) return sink;
    return limitLineRate(sink, {
      drop: limits.readline_rate_drop,
      bucket: new TokenBucket(limits.readline_rate, limits.readline_burst, this.#deps.now),
      dropped: this.#stageCounters.droppedLines('global_rate_limiter_drop'),
      signal: this.#stopping.signal,
    });
  }
}

/** Gives up parts that were built in vain, but for those that are at work. */
async function closeParts(
  { clients, positions, queues }: Pick<Setup, 'clients' | 'positions' | 'queues'>,
  atWork: Setup | undefined,
): Promise<void> {
  if (clients !== atWork?.clients) {
    await Promise.all(clients.map((client) => client.close(AbortSignal.abort())));
  }
  if (queues !== atWork?.queues) await queues?.close();
  if (positions !== atWork?.positions) await positions.stop();
}
