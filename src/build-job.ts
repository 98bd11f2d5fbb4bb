import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { JobConfig } from './config/job-schema.js';
import type { LabelSets } from './entry/labels.js';
import type { ReadClock } from './entry/read-clock.js';
import type { Sink } from './entry/sink.js';
import { type FileTargetPlan, Job } from './job.js';
import type { StageMetrics } from './metrics/stage-metrics.js';
import { buildStages, type Observe } from './pipeline/build-stages.js';
import { Pipeline } from './pipeline/pipeline.js';
import type { Positions } from './positions/positions.js';
import { relabel } from './relabel/relabel.js';
import type { Target } from './targets/target.js';

/** What all jobs of an agent share. */
export interface JobDeps {
  /** Where entries go behind the stages. */
  readonly sink: Sink;
  readonly positions: Positions;
  readonly labelSets: LabelSets;
  readonly clock: ReadClock;
  readonly now: () => number;
  readonly log: Logger;
  readonly registry: Registry;
  readonly stageMetrics: StageMetrics;
  readonly observe: Observe | undefined;
  readonly hostname: string;
  readonly version: string;
  /** Reads the files of a target that discovery found for this job. */
  readonly buildFileTarget: (job: JobConfig, plan: FileTargetPlan, sink: Sink) => Target;
  readonly countDropped: (reason: string) => void;
}

/** Puts a scrape config together; nothing of it runs yet. Throws a ConfigError for what only shows when it is built. */
export function buildJob(config: JobConfig, deps: JobDeps): Job {
  const { log: agentLog, now, hostname, version } = deps;
  const log = agentLog.child({ job: config.job_name });
  const ending = new AbortController();
  const stageDeps = { log, metrics: deps.stageMetrics, now, signal: ending.signal };
  const stages = buildStages(config.pipeline_stages, stageDeps, deps.observe);
  const pipeline = new Pipeline(stages, deps.sink, now);
  const relabelTarget = (labels: ReadonlyMap<string, string>) => relabel(config.relabel_configs, labels);
  const { source } = config;
  const targets =
    source?.kind === 'target'
      ? [
          source.target.kind.build(source.target.options, {
            jobName: config.job_name,
            sink: pipeline,
            relabel: relabelTarget,
            labelSets: deps.labelSets,
            positions: deps.positions,
            clock: deps.clock,
            log,
            registry: deps.registry,
            hostname,
            version,
          }),
        ]
      : [];
  const discoveries = source?.kind === 'files' ? source.discoveries : [];
  return new Job({
    name: config.job_name,
    pipeline,
    ending,
    targets,
    discoverers: discoveries.map(({ kind, options }) => kind.build(options, { log, hostname, version })),
    relabel: relabelTarget,
    hostname,
    buildFileTarget: (plan) => deps.buildFileTarget(config, plan, pipeline),
    countDropped: deps.countDropped,
    log,
  });
}
