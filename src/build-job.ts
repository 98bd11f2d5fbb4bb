import type { Readable } from 'node:stream';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { JobConfig } from './config/job-schema.js';
import type { targetGroup } from './discovery/static.js';
import type { LabelSets } from './entry/labels.js';
import type { ReadClock } from './entry/read-clock.js';
import type { Sink } from './entry/sink.js';
import type { Value } from './fields/schema.js';
import { type FileTargetPlan, Job, type JobParts } from './job.js';
import type { StageMetrics } from './metrics/stage-metrics.js';
import { StreamActivity } from './metrics/stream-activity.js';
import { buildStages, type Observe } from './pipeline/build-stages.js';
import { Pipeline } from './pipeline/pipeline.js';
import type { Positions } from './positions/positions.js';
import { DirectIntake } from './queue/direct-intake.js';
import type { DiskQueues } from './queue/disk-queues.js';
import type { JobIntake } from './queue/job-intake.js';
import { JobOutlet } from './queue/job-outlet.js';
import { QueuedIntake } from './queue/queued-intake.js';
import { relabel } from './relabel/relabel.js';
import { StdinTarget } from './targets/stdin.js';
import type { Target } from './targets/target.js';

/** What all jobs of an agent share. */
export interface JobDeps {
  /** Where entries go behind the stages. */
  readonly sink: Sink;
  /** Where what cannot be read again is kept on the disk, if it is. */
  readonly queues: DiskQueues | undefined;
  readonly positions: Positions;
  readonly labelSets: LabelSets;
  readonly clock: ReadClock;
  readonly now: () => number;
  readonly log: Logger;
  readonly registry: Registry;
  readonly stageMetrics: StageMetrics;
  readonly observe: Observe | undefined;
  /** See `StageDeps`. */
  readonly isTrial: boolean;
  readonly hostname: string;
  readonly version: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Given a job, what reads the files of the targets that discovery finds for it. */
  readonly buildFileTarget: (job: JobConfig, sink: Sink, log: Logger) => (plan: FileTargetPlan) => Target;
  readonly countDropped: (reason: string) => void;
}

/** Puts a scrape config together; nothing of it runs yet. Throws a ConfigError for what only shows when it is built. */
export function buildJob(config: JobConfig, deps: JobDeps): Job {
  const { hostname, version, environment } = deps;
  const log = deps.log.child({ job: config.job_name });
  const { outlet, parts } = sharedParts(config, log, deps);
  const relabelTarget = (labels: ReadonlyMap<string, string>) => relabel(config.relabel_configs, labels);
  const { source } = config;
  let intake: JobIntake | undefined;
  const targets = source?.kind === 'target' ? [buildTarget(source.target)] : [];
  return new Job({
    ...parts,
    intake,
    targets,
    discoverers:
      source?.kind === 'files'
        ? source.discoveries.flatMap(({ kind, options }) =>
            kind.build(options, { log, hostname, version, environment }),
          )
        : [],
    relabel: relabelTarget,
    buildFileTarget: deps.buildFileTarget(config, parts.pipeline, log),
  });

  function buildTarget({ kind, options }: Extract<typeof source, { kind: 'target' }>['target']): Target {
    const { labelSets, positions, clock, now, registry, queues } = deps;
    const { pipeline: sink } = parts;
    const jobName = config.job_name;
    return kind.build(options, {
      jobName,
      sink,
      intake: () => {
        intake ??=
          queues === undefined
            ? new DirectIntake(sink)
            : new QueuedIntake(sink, outlet, () => queues.of(jobName));
        return intake;
      },
      relabel: relabelTarget,
      labelSets,
      positions,
      clock,
      now,
      log,
      registry,
      hostname,
      version,
      environment,
    });
  }
}

/**
 * The job of `-stdin`. As in Promtail the first scrape config gives its stages and the labels of its static_configs, special ones
 * too; targets and relabelling do not count. Without one the labels are job and hostname.
 */
export function buildStdinJob(
  config: JobConfig | undefined,
  input: Readable,
  deps: JobDeps,
): { job: Job; ended: Promise<void> } {
  const { labelSets, clock, now, hostname } = deps;
  const log = deps.log.child({ job: 'stdin' });
  const { parts } = sharedParts(
    { job_name: 'stdin', pipeline_stages: config?.pipeline_stages ?? [], source: undefined },
    log,
    deps,
  );
  const pairs =
    config === undefined
      ? [['job', 'stdin'] as const, ['hostname', hostname] as const]
      : staticLabels(config);
  const labels = labelSets.of(pairs);
  const target = new StdinTarget({ input, labels, sink: parts.pipeline, clock, now });
  const job = new Job({
    ...parts,
    intake: undefined,
    targets: [target],
    discoverers: [],
    relabel: (found) => found,
    buildFileTarget: () => target,
  });
  return { job, ended: target.ended };
}

function sharedParts(
  { job_name: name, pipeline_stages, source }: Pick<JobConfig, 'job_name' | 'pipeline_stages' | 'source'>,
  log: Logger,
  deps: JobDeps,
) {
  const { now, observe, hostname, countDropped, isTrial } = deps;
  const ending = new AbortController();
  const sendersWait = source?.kind === 'target' && source.target.kind.sendersWait === true;
  const stageDeps = { log, metrics: deps.stageMetrics, now, signal: ending.signal, isTrial, sendersWait };
  const activity = new StreamActivity(deps.sink, now);
  const outlet = new JobOutlet(activity);
  const pipeline = new Pipeline(buildStages(pipeline_stages, stageDeps, observe), outlet, now);
  const parts = {
    name,
    pipeline,
    activity,
    ending,
    hostname,
    countDropped,
    log,
  } satisfies Partial<JobParts>;
  return { outlet, parts };
}

function staticLabels({ source }: JobConfig): [string, string][] {
  const discoveries = source?.kind === 'files' ? source.discoveries : [];
  const groups = discoveries.flatMap(({ kind, options }) =>
    kind.name === 'static_configs' ? (options as Value<typeof targetGroup>[]) : [],
  );
  return groups.flatMap(({ labels }) => [...labels]);
}
