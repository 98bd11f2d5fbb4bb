import type { Logger } from 'pino';
import type { JobConfig } from '../config/job-schema.js';
import type { Discoverer, TargetGroup } from '../discovery/discoverer.js';
import { resolveGroup } from '../discovery/target-set.js';
import { sleep } from '../http/sleep.js';
import type { FileTargetPlan } from '../job.js';
import { relabel } from '../relabel/relabel.js';
import { PathGlob } from '../targets/file/path-glob.js';

/** A target of a job, and which files it stands for. */
export interface FoundTarget {
  readonly job: JobConfig;
  readonly plan: Omit<FileTargetPlan, 'discoveredLabels'>;
  readonly glob: PathGlob;
}

export interface FoundTargets {
  readonly targets: readonly FoundTarget[];
  /** Jobs and their discoveries that said nothing in time. */
  readonly silent: readonly { readonly job: string; readonly discovery: string }[];
  /** Jobs whose lines are not read from files. */
  readonly otherJobs: readonly { readonly job: string; readonly source: string }[];
}

export interface FindDeps {
  readonly log: Logger;
  readonly hostname: string;
  readonly version: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs: number;
}

/** Asks the discoveries of all jobs what they know now. The patterns are as the agent reads them. */
export async function findTargets(jobs: readonly JobConfig[], deps: FindDeps): Promise<FoundTargets> {
  const found = await Promise.all(jobs.map((job) => ofJob(job, deps)));
  return {
    targets: found.flatMap(({ targets }) => targets),
    silent: found.flatMap(({ silent }) => silent),
    otherJobs: jobs.flatMap(({ job_name: job, source }) =>
      source?.kind === 'target' ? [{ job, source: source.target.kind.name }] : [],
    ),
  };
}

async function ofJob(job: JobConfig, deps: FindDeps): Promise<Pick<FoundTargets, 'targets' | 'silent'>> {
  const { log, hostname, version, environment, timeoutMs } = deps;
  if (job.source?.kind !== 'files') return { targets: [], silent: [] };
  const rules = {
    relabel: (labels: ReadonlyMap<string, string>) => relabel(job.relabel_configs, labels),
    hostname,
  };
  const targets = new Map<string, FoundTarget>();
  const silent: { job: string; discovery: string }[] = [];
  for (const { kind, options } of job.source.discoveries) {
    const discoverers = kind.build(options, { log, hostname, version, environment });
    const answers = await Promise.all(discoverers.map((each) => firstGroups(each, timeoutMs)));
    if (answers.includes(undefined)) silent.push({ job: job.job_name, discovery: kind.name });
    for (const group of answers.flatMap((groups) => groups ?? [])) {
      for (const { outcome } of resolveGroup(group, rules)) {
        if (outcome.kind !== 'active' || targets.has(outcome.key)) continue;
        const glob = new PathGlob(outcome.path, outcome.exclude);
        targets.set(outcome.key, { job, plan: outcome, glob });
      }
    }
  }
  return { targets: [...targets.values()], silent };
}

/** A discovery that lists several things tells of them one after the other. */
const settleMs = 300;

/** What a discoverer knows once it has said all it has to say for now; undefined when nothing comes in time. */
async function firstGroups(
  discoverer: Discoverer,
  timeoutMs: number,
): Promise<readonly TargetGroup[] | undefined> {
  const groups = new Map<string, TargetGroup>();
  const first = Promise.withResolvers<void>();
  let lastAt = Number.NEGATIVE_INFINITY;
  discoverer.start((published) => {
    for (const group of published) groups.set(group.source, group);
    lastAt = performance.now();
    first.resolve();
  });
  const knowsAtOnce = lastAt > 0;
  if (!knowsAtOnce) {
    const timeout = new AbortController();
    await Promise.race([first.promise, sleep(timeoutMs, timeout.signal)]);
    timeout.abort();
    while (performance.now() - lastAt < settleMs) await sleep(settleMs, new AbortController().signal);
  }
  await discoverer.stop();
  return lastAt > 0 ? [...groups.values()] : undefined;
}
