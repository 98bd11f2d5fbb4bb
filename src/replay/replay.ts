import type { Logger } from 'pino';
import { Registry } from 'prom-client';
import type { Entry } from '../entry/entry.js';
import { LabelSets } from '../entry/labels.js';
import { ReadClock } from '../entry/read-clock.js';
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

export interface ReplayDeps {
  readonly sink: Sink;
  readonly log: Logger;
  /** Stages that are left out, by name: what they do hangs on the pace or on chance. */
  readonly leftOut: ReadonlySet<string>;
  readonly signal: AbortSignal;
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
  readonly #clock = new ReadClock();
  /**
   * All lines are read at one moment, nanoseconds apart, for which no event has the same time by itself. Time stands still for stages, too:
   * what they hold for a while is not let go because whoever takes the entries is slow.
   */
  readonly #now = Date.now();
  readonly #metrics: StageMetrics;
  /** What was left out: `job NAME: STAGE`. */
  readonly leftOut = new Set<string>();
  readonly #pipelines = new Map<string, Pipeline>();

  constructor(deps: ReplayDeps) {
    this.#deps = deps;
    this.#metrics = new StageCounters(this.registry).with(new CustomMetricSet(deps.log, Date.now));
  }

  /** Throws when the file cannot be read. */
  read(file: PlannedFile, maxBytes?: number): Promise<ReadOnce> {
    const { job, plan } = file.target;
    const outlet = {
      sink: this.#pipelineOf(file),
      labels: this.#labelSets.of([...plan.labels, ['filename', file.readAs]]),
      clock: this.#clock,
      now: () => this.#now,
      maxLineBytes,
      signal: this.#deps.signal,
      countSkippedNuls: () => {},
      countCutLine: () => {},
    };
    const encoding = job.encoding === '' ? undefined : parseEncoding(job.encoding);
    return readOnce(file, outlet, encoding, maxBytes);
  }

  /** Whether the entry's time is that of reading: no stage found one in the line. */
  hasReadTime({ seconds, nanos }: Entry): boolean {
    const start = Math.floor(this.#now / 1000);
    const startNanos = (this.#now - start * 1000) * 1e6;
    const sinceStart = (seconds - start) * 1e9 + nanos - startNanos;
    const ticked = (this.#clock.seconds - start) * 1e9 + this.#clock.nanos - startNanos;
    return sinceStart >= 0 && sinceStart <= ticked;
  }

  /** Passes on what stages hold. */
  async close(): Promise<void> {
    for (const pipeline of this.#pipelines.values()) await pipeline.close();
  }

  #pipelineOf({ target: { job } }: PlannedFile): Pipeline {
    let pipeline = this.#pipelines.get(job.job_name);
    if (pipeline === undefined) {
      const { sink, log, leftOut, signal } = this.#deps;
      const deps = {
        log: log.child({ job: job.job_name }),
        metrics: this.#metrics,
        now: () => this.#now,
        signal,
      };
      const stages = buildStages(job.pipeline_stages, { ...deps, isTrial: true }, (name, stage) => {
        if (!leftOut.has(name)) return stage;
        this.leftOut.add(`job ${job.job_name}: ${name}`);
        return passThrough;
      });
      pipeline = new Pipeline(stages, sink, () => this.#now);
      this.#pipelines.set(job.job_name, pipeline);
    }
    return pipeline;
  }
}

const passThrough: Stage = { process: (entries) => entries };
