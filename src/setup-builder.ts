import type { Readable } from 'node:stream';
import { Counter } from 'prom-client';
import type { AgentDeps } from './agent-deps.js';
import { buildJob, buildStdinJob, type JobDeps } from './build-job.js';
import { buildClient } from './client/any-client.js';
import type { EntryClient } from './client/client-kind.js';
import { allClients, clientLimitsOf } from './config/clients.js';
import type { LoadedConfig } from './config/load.js';
import type { Config } from './config/schema.js';
import { LabelSets } from './entry/labels.js';
import { ReadClock } from './entry/read-clock.js';
import type { Sink } from './entry/sink.js';
import { fingerprint } from './fields/fingerprint.js';
import { fileTargetBuilder } from './file-target-builder.js';
import { type ClientMetrics, clientMetrics } from './metrics/client-metrics.js';
import { CustomMetricSet } from './metrics/custom-metric-set.js';
import { FileMetrics } from './metrics/file-metrics.js';
import { type PositionsMetrics, positionsMetrics } from './metrics/positions-metrics.js';
import { AllQueueMetrics } from './metrics/queue-metrics.js';
import { StageCounters } from './metrics/stage-counters.js';
import { limitLineRate } from './pipeline/line-rate.js';
import { TokenBucket } from './pipeline/token-bucket.js';
import { PositionStore } from './positions/position-store.js';
import { DiskQueues } from './queue/disk-queues.js';
import type { RunningJob, Setup } from './setup.js';
import { DirectoryWatch } from './targets/file/directory-watch.js';
import { FileClaims } from './targets/file/file-claims.js';
import { LocalDisks } from './targets/file/local-disks.js';

/** Makes the parts of an agent from its configs, one after the other. What all of them share, it keeps. */
export class SetupBuilder {
  readonly #deps: AgentDeps;
  readonly #sink: Sink;
  readonly #stopping: AbortSignal;
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
  readonly #localDisks = new LocalDisks();
  readonly #inputEnded = Promise.withResolvers<'input'>();

  /** Pipelines push into `sink`. Once `stopping` is raised, nothing waits for its rate any longer. */
  constructor(deps: AgentDeps, sink: Sink, stopping: AbortSignal) {
    const { registry } = deps.metrics;
    this.#deps = deps;
    this.#sink = deps.dryRun ?? sink;
    this.#stopping = stopping;
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

  /** Resolves when everything of `-stdin` has been read; never without it. */
  get inputEnded(): Promise<'input'> {
    return this.#inputEnded.promise;
  }

  /** Touches nothing that runs. Throws with nothing left behind. */
  async build(loaded: LoadedConfig, before: Setup | undefined): Promise<Setup> {
    const inVain = new AsyncDisposableStack();
    try {
      return await this.#build(loaded, before, inVain);
    } catch (error) {
      await inVain.disposeAsync();
      throw error;
    }
  }

  async #build(
    loaded: LoadedConfig,
    before: Setup | undefined,
    inVain: AsyncDisposableStack,
  ): Promise<Setup> {
    const { config } = loaded;
    const { log, now, input } = this.#deps;
    const { global, limits_config, target_config, wal } = config;
    const { filename } = config.positions;
    const sharedConfig = fingerprint({ global, limits_config, target_config, wal, filename });
    const isSame = before?.sharedConfig === sharedConfig;
    const custom = isSame ? before.custom : new CustomMetricSet(log, now);
    const clientsConfig = fingerprint([allClients(config), limits_config]);
    const keepsClients = before?.clientsConfig === clientsConfig;
    const clients = keepsClients ? before.clients : await this.#buildClients(config, inVain);
    const positions =
      before?.filename === filename ? before.positions : await this.#openPositions(config, inVain);
    const walConfig = fingerprint(wal);
    const queues =
      before?.walConfig === walConfig ? before.queues : await this.#prepareQueues(config, inVain);
    const deps = this.#jobDeps(config, positions, queues, custom);
    const jobs =
      input === undefined
        ? this.#buildJobs(config, deps, isSame ? before : undefined, keepsClients)
        : this.#buildStdinJob(config, input, deps, isSame ? before : undefined);
    return {
      loaded,
      clients,
      clientsConfig,
      filename,
      positions,
      queues,
      walConfig,
      jobs,
      sharedConfig,
      custom,
    };
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

  #buildStdinJob(
    config: Config,
    input: Readable,
    deps: JobDeps,
    before: Setup | undefined,
  ): ReadonlyMap<string, RunningJob> {
    const [first, ...others] = config.scrape_configs;
    const jobConfig = first?.fingerprint ?? '';
    const [running] = before?.jobs.values() ?? [];
    if (before !== undefined && running?.config === jobConfig) return before.jobs;
    if (others.length > 0) {
      this.#deps.log.warn(
        { ignored: others.length },
        'reading from stdin: only the first scrape config counts',
      );
    }
    const { job, ended } = buildStdinJob(first, input, deps);
    ended.then(() => this.#inputEnded.resolve('input'), this.#inputEnded.reject);
    return new Map([[job.name, { job, config: jobConfig }]]);
  }

  async #buildClients(config: Config, inVain: AsyncDisposableStack): Promise<EntryClient[]> {
    const { log, now, version, environment, dryRun } = this.#deps;
    if (dryRun !== undefined) return [];
    const limits = clientLimitsOf(config);
    const deps = { log, now, version, environment, limits, metrics: this.#clientMetrics };
    const clients = await Promise.all(allClients(config).map((client) => buildClient(client, deps)));
    for (const client of clients) inVain.defer(() => client.close(AbortSignal.abort()));
    return clients;
  }

  async #openPositions({ positions }: Config, inVain: AsyncDisposableStack): Promise<PositionStore> {
    const { log, now, dryRun } = this.#deps;
    const options = {
      filename: positions.filename,
      ignoreInvalidYaml: positions.ignore_invalid_yaml,
      isReadOnly: dryRun !== undefined,
    };
    const store = await PositionStore.open(options, { log, now, metrics: this.#positionsMetrics });
    inVain.defer(() => store.stop());
    return store;
  }

  async #prepareQueues(
    { wal, scrape_configs }: Config,
    inVain: AsyncDisposableStack,
  ): Promise<DiskQueues | undefined> {
    const { log, now, dryRun } = this.#deps;
    if (!wal.enabled || dryRun !== undefined) return undefined;
    const deps = { log, now, labelSets: this.#labelSets, metrics: this.#queueMetrics };
    const queues = await DiskQueues.prepare(wal, deps);
    inVain.defer(() => queues.close());
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
      sink: this.#limited(this.#sink, config),
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
      buildFileTarget: fileTargetBuilder(config, {
        positions,
        claims: this.#fileClaims,
        watch: this.#directoryWatch,
        disks: this.#localDisks,
        metrics: this.#fileMetrics,
        labelSets: this.#labelSets,
        clock: this.#clock,
        now,
      }),
      countDropped: (reason) => this.#targetsFailed.inc({ reason }),
    };
  }

  /** `limits_config.readline_rate…`: one bucket for all jobs. */
  #limited(sink: Sink, { limits_config: limits }: Config): Sink {
    if (!limits.readline_rate_enabled) return sink;
    return limitLineRate(sink, {
      drop: limits.readline_rate_drop,
      bucket: new TokenBucket(limits.readline_rate, limits.readline_burst, this.#deps.now),
      dropped: this.#stageCounters.droppedLines('global_rate_limiter_drop'),
      signal: this.#stopping,
    });
  }
}
