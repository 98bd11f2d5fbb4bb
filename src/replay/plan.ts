import { hostname } from 'node:os';
import type { Logger } from 'pino';
import { UsageError } from '../cli/parse-flags.js';
import { clientName } from '../client/client-name.js';
import type { ClientOptions } from '../client/kinds.js';
import type { LokiOptions } from '../client/loki.js';
import { allClients } from '../config/clients.js';
import type { JobConfig } from '../config/job-schema.js';
import type { Config } from '../config/schema.js';
import { type FoundTarget, type FoundTargets, findTargets } from './find-targets.js';
import { givenFiles, matchedFiles, NoTargetError, type PlannedFile } from './plan-files.js';
import type { PlanOptions } from './plan-options.js';

/** What a check is to look at. */
export interface Plan {
  readonly jobs: readonly JobConfig[];
  readonly found: FoundTargets;
  readonly files: readonly PlannedFile[];
  /** There is at least one. */
  readonly clients: readonly LokiOptions[];
  /** Clients that send elsewhere, or nothing. */
  readonly otherClients: readonly ClientOptions[];
}

export interface PlanDeps {
  readonly log: Logger;
  readonly version: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Without given files: also the rotated files beside those that targets match. */
  readonly withSiblings: boolean;
}

/** Works out which files go through which pipelines. Throws a UsageError for what the config has not. */
export async function makePlan(
  config: Config,
  files: readonly string[],
  options: PlanOptions,
  { log, version, environment, withSiblings }: PlanDeps,
): Promise<Plan> {
  const jobs = config.scrape_configs.filter(
    ({ job_name }) => options.job === undefined || job_name === options.job,
  );
  if (options.job !== undefined && jobs.length === 0)
    throw new UsageError(`the config has no job ${JSON.stringify(options.job)}`);
  const found = await findTargets(jobs, {
    log,
    hostname: environment.HOSTNAME || hostname(),
    version,
    environment,
    timeoutMs: options.discoveryTimeoutMs,
  });
  return {
    jobs,
    found,
    files:
      files.length > 0
        ? await given(files, found.targets, jobs, options)
        : await matchedFiles(found.targets, { withSiblings }),
    ...chosenClients(allClients(config), options.client),
  };
}

async function given(
  files: readonly string[],
  targets: readonly FoundTarget[],
  jobs: readonly JobConfig[],
  { readAs }: PlanOptions,
): Promise<PlannedFile[]> {
  const [first] = targets;
  // Of several jobs nobody knows which one is meant.
  const fallback = jobs.length === 1 ? first : undefined;
  try {
    return await givenFiles(files, { targets, readAs, fallback });
  } catch (error) {
    if (error instanceof NoTargetError) throw new UsageError(error.message);
    throw error;
  }
}

function chosenClients(
  all: readonly ClientOptions[],
  wanted: string | undefined,
): Pick<Plan, 'clients' | 'otherClients'> {
  const byName = all.filter((client) => clientName(client) === wanted);
  const byPlace = all.slice(Number(wanted) - 1, Number(wanted));
  const chosen = wanted === undefined ? all : byName.length > 0 ? byName : byPlace;
  if (chosen.length === 0) throw new UsageError(`the config has no client ${JSON.stringify(wanted)}`);
  const clients = chosen.filter((client) => client.type === 'loki');
  if (clients.length === 0)
    throw new UsageError('none of the clients sends to Loki: there is nothing to check');
  return { clients, otherClients: chosen.filter((client) => client.type !== 'loki') };
}
