import type { Logger } from 'pino';
import { Registry } from 'prom-client';
import { LabelSets } from '../entry/labels.js';
import type { Sink } from '../entry/sink.js';
import { CustomMetricSet } from '../metrics/custom-metric-set.js';
import { StageCounters } from '../metrics/stage-counters.js';
import type { StageMetrics } from '../metrics/stage-metrics.js';
import { buildStages } from '../pipeline/build-stages.js';
import { Pipeline } from '../pipeline/pipeline.js';
import type { Stage } from '../pipeline/stage.js';
import { parseEncoding } from '../targets/file/encodings.js';
import { type ReadOnce, readOnce } from '../targets/file/read-once.js';
import type { PlannedFile } from './plan-files.js';
import type { ReadMoment } from './read-moment.js';

export interface ReplayDeps {
  readonly sink: Sink;
  readonly log: Logger;
  /** Stages that are left out, by name: what they do hangs on the pace or on chance. */
  readonly leftOut: ReadonlySet<string>;
  readonly signal: AbortSignal;
  readonly moment: ReadMoment;
}

/** Longer lines are sent in pieces, here as in the agent. */
const maxLineBytes = 64 * 1024 * 1024;

/**
 * Passes files through the pipelines of their jobs as the agent would: the same reading, labels and stages. Nothing is sent and nothing is
 * written; files of one job share its pipeline, in the order they come.
 */
export class Replay {
  /** What the stages count. */
  readonly registry = new Registry();
  readonly #deps: ReplayDeps;
  readonly #labelSets = new LabelSets();
  readonly #metrics: StageMetrics;
  /** What was left out: `job NAME: STAGE`. */
  readonly leftOut = new Set<string>();
  readonly #pipelines = new Map<string, Pipeline>();

  constructor(deps: ReplayDeps) {
    this.#deps = deps;
    this.#metrics = new StageCounters(this.registry).with(
      new CustomMetricSet(deps.log, () => deps.moment.ms),
    );
  }

  /** Throws when the file cannot be read. */
  read(file: PlannedFile, maxBytes?: number): Promise<ReadOnce> {
    const { job, plan } = file.target;
    const { moment, signal } = this.#deps;
    const outlet = {
      sink: this.#pipelineOf(file),
      labels: this.#labelSets.of([...plan.labels, ['filename', file.readAs]]),
      clock: moment.clock,
      now: () => moment.ms,
      maxLineBytes,
      signal,
      countSkippedNuls: () => {},
      countCutLine: () => {},
    };
    const encoding = job.encoding === '' ? undefined : parseEncoding(job.encoding);
    return readOnce(file, outlet, encoding, maxBytes);
  }

  /** Passes on what stages hold. */
  async close(): Promise<void> {
    for (const pipeline of this.#pipelines.values()) await pipeline.close();
  }

  #pipelineOf({ target: { job } }: PlannedFile): Pipeline {
    let pipeline = this.#pipelines.get(job.job_name);
    if (pipeline === undefined) {
      const { sink, log, leftOut, signal, moment } = this.#deps;
      const now = () => moment.ms;
      const deps = {
        log: log.child({ job: job.job_name }),
        metrics: this.#metrics,
        now,
        signal,
      };
      const stages = buildStages(
        job.pipeline_stages,
        { ...deps, isTrial: true, sendersWait: false },
        (name, stage) => {
          if (!leftOut.has(name)) return stage;
          this.leftOut.add(`job ${job.job_name}: ${name}`);
          return passThrough;
        },
      );
      pipeline = new Pipeline(stages, sink, now);
      this.#pipelines.set(job.job_name, pipeline);
    }
    return pipeline;
  }
}

const passThrough: Stage = { process: (entries) => entries };
