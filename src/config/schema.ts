import { block, listOf, type Schema, struct, type Value, withDefault } from '../fields/schema.js';
import { positionsSchema } from '../positions/positions-schema.js';
import { walSchema } from '../queue/wal-schema.js';
import { serverSchema } from '../server/server-schema.js';
import { global, limitsConfig, options, targetConfig, tracing } from './blocks.js';
import { clients, singleClient } from './client-blocks.js';
import { type JobConfig, jobSchema } from './job-schema.js';

/** `scrape_configs`, each with a name of its own. */
const jobs: Schema<JobConfig[]> = {
  ...listOf(jobSchema),
  decode(node, problems) {
    const list = listOf(jobSchema).decode(node, problems);
    const names = new Set<string>();
    for (const { job_name, place } of list) {
      if (names.has(job_name)) {
        const message = `found multiple scrape configs with job name ${JSON.stringify(job_name)}`;
        problems.addAt(place.offset, place.path, message);
      }
      names.add(job_name);
    }
    return list;
  },
};

/** The whole config, in the order in which it is printed. */
export const configSchema = struct({
  global: block(global),
  server: block(serverSchema),
  client: singleClient,
  clients: withDefault(clients, []),
  positions: block(positionsSchema),
  scrape_configs: withDefault(jobs, []),
  target_config: block(targetConfig),
  limits_config: block(limitsConfig),
  options: block(options),
  tracing: block(tracing),
  wal: block(walSchema),
});
export type Config = Value<typeof configSchema>;
