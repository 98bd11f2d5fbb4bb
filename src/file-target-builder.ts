import type { JobDeps } from './build-job.js';
import type { Config } from './config/schema.js';
import { decompressionOf } from './targets/file/decompression-field.js';
import { FileTarget, type SharedFileDeps } from './targets/file/file-target.js';
import { FreshTurns } from './targets/file/fresh-turns.js';
import { ReadBuffers } from './targets/file/read-buffers.js';

/** What builds the file targets of each job. */
export function fileTargetBuilder(config: Config, shared: SharedFileDeps): JobDeps['buildFileTarget'] {
  const { min_poll_frequency, max_poll_frequency } = config.global.file_watch_config;
  return (job, sink, log) => {
    const buffers = new ReadBuffers();
    const fresh = new FreshTurns(sink, buffers);
    return (plan) =>
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
        { ...shared, sink, buffers, fresh, log },
      );
  };
}
