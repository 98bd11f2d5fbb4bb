import type { EntryClient } from './client/client-kind.js';
import type { LoadedConfig } from './config/load.js';
import type { Job } from './job.js';
import type { CustomMetricSet } from './metrics/custom-metric-set.js';
import type { PositionStore } from './positions/position-store.js';
import type { DiskQueues } from './queue/disk-queues.js';

/** All that is made of one config. What it has in common with the one before it is the same object. */
export interface Setup {
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

export interface RunningJob {
  readonly job: Job;
  /** What its config said, to see whether it has changed. */
  readonly config: string;
}
