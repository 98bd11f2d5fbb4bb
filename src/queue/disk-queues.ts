import { access, constants, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { LabelSets } from '../entry/labels.js';
import type { AllQueueMetrics } from '../metrics/queue-metrics.js';
import { DiskQueue } from './disk-queue.js';
import type { WalConfig } from './wal-schema.js';

export interface DiskQueuesDeps {
  readonly log: Logger;
  readonly metrics: AllQueueMetrics;
  readonly labelSets: LabelSets;
  readonly now: () => number;
}

/** The disk queues of all jobs, each in a folder of its own below `wal.dir`. They outlive jobs that a reload replaces. */
export class DiskQueues {
  readonly #config: WalConfig;
  readonly #deps: DiskQueuesDeps;
  readonly #queues = new Map<string, Promise<DiskQueue>>();
  readonly #stopWatching: (() => void)[] = [];

  private constructor(config: WalConfig, deps: DiskQueuesDeps) {
    this.#config = config;
    this.#deps = deps;
  }

  /** Opens no queue yet. Rejects when the directory cannot be used. */
  static async prepare(config: WalConfig, deps: DiskQueuesDeps): Promise<DiskQueues> {
    await mkdir(config.dir, { recursive: true, mode: 0o700 });
    await access(config.dir, constants.R_OK | constants.W_OK | constants.X_OK);
    return new DiskQueues(config, deps);
  }

  /** The queue of this job. */
  of(job: string): Promise<DiskQueue> {
    let queue = this.#queues.get(job);
    if (queue === undefined) {
      queue = this.#open(job);
      this.#queues.set(job, queue);
    }
    return queue;
  }

  /** Tells of queues that no job has: what is in them waits until a job has their name again. */
  async tellOrphans(jobs: readonly string[]): Promise<void> {
    const known = new Set(jobs.map(folderName));
    const folders = await readdir(this.#config.dir, { withFileTypes: true });
    for (const folder of folders) {
      if (!folder.isDirectory() || known.has(folder.name)) continue;
      const files = await readdir(join(this.#config.dir, folder.name));
      if (files.some((name) => /^[0-9]+$/.test(name)))
        this.#deps.log.warn(
          { dir: join(this.#config.dir, folder.name) },
          'entries wait on the disk for a job that is not configured',
        );
    }
  }

  async close(): Promise<void> {
    for (const stop of this.#stopWatching) stop();
    const queues = await Promise.all(this.#queues.values());
    await Promise.all(queues.map((queue) => queue.close()));
  }

  async #open(job: string): Promise<DiskQueue> {
    const { dir, maxSize, cleanSegmentsOlderThan } = this.#config;
    const { metrics, labelSets, now } = this.#deps;
    const queue = await DiskQueue.open(
      { directory: join(dir, folderName(job)), maxBytes: maxSize, maxAgeMs: cleanSegmentsOlderThan },
      { log: this.#deps.log.child({ job }), metrics: metrics.forJob(job), labelSets, now },
    );
    this.#stopWatching.push(metrics.watchSize(job, () => queue.bytes));
    return queue;
  }
}

/** The job's name, in characters that any file system takes; never `.` or `..`. */
function folderName(job: string): string {
  return `job-${encodeURIComponent(job.toWellFormed())}`;
}
