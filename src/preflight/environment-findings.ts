import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { clientName } from '../client/client-name.js';
import type { Config } from '../config/schema.js';
import { fsPath } from '../entry/text.js';
import type { Plan } from '../replay/plan.js';
import type { User } from './access.js';
import { type Finding, loss, warning } from './finding.js';
import { pathTraps } from './path-traps.js';
import { stateTraps } from './state-traps.js';

export interface EnvironmentOptions {
  readonly config: Config;
  readonly user: User | undefined;
  /** The lines come from files that were named: then what this machine is like does not matter. */
  readonly isGiven: boolean;
}

/** What the machine, and not the lines, would make go wrong. */
export async function environmentFindings(
  { jobs, found, clients, otherClients }: Plan,
  { config, user, isGiven }: EnvironmentOptions,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const client of otherClients)
    findings.push(
      warning(
        'not_checked',
        `client ${clientName(client)}: type ${client.type}, whose limits are not known here`,
      ),
    );
  if (isGiven) return findings;
  for (const { job, discovery } of found.silent)
    findings.push(
      loss('no_targets', `job ${job}: ${discovery} found nothing in time; the log above may say why`),
    );
  for (const { job, source } of found.otherJobs)
    findings.push(warning('not_checked', `job ${job}: ${source} reads no files, and was not looked at`));
  const isQuiet =
    found.targets.length === 0 && found.silent.length === 0 && found.otherJobs.length < jobs.length;
  if (isQuiet || jobs.length === 0) findings.push(loss('no_targets', 'the config has no files read'));
  const isFirstStart = !(await exists(resolve(config.positions.filename)));
  for (const target of found.targets) findings.push(...(await pathTraps(target, { user, isFirstStart })));
  findings.push(...(await stateTraps(config, [...clients, ...otherClients], user)));
  return findings;
}

async function exists(path: string): Promise<boolean> {
  return stat(fsPath(path)).then(
    () => true,
    () => false,
  );
}
