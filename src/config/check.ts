import type { Problems } from '../fields/problems.js';
import { checkAllClients } from './clients.js';
import type { Config } from './schema.js';

/** The rules over several blocks, once each block is right for itself. */
export function checkConfig(
  config: Config,
  problems: Problems,
  { onlySyntax, environment }: { readonly onlySyntax: boolean; readonly environment: NodeJS.ProcessEnv },
): void {
  checkAllClients(config, problems, onlySyntax);
  checkSources(config, problems);
  warnOfTracing(config, problems, environment);
}

/** Every job needs a source of lines, unless they come from standard input. */
function checkSources({ scrape_configs, target_config }: Config, problems: Problems): void {
  if (target_config.stdin) return;
  for (const { job_name, source, place } of scrape_configs) {
    if (source !== undefined) continue;
    const message = `no valid target scrape config defined for ${JSON.stringify(job_name)}`;
    problems.addAt(place.offset, place.path, message);
  }
}

/** It is on by default, but only means something where the environment says where traces go. */
function warnOfTracing({ tracing }: Config, problems: Problems, environment: NodeJS.ProcessEnv): void {
  const variable = Object.keys(environment).find((name) => /^(JAEGER|OTEL)_/.test(name));
  if (tracing.enabled && variable !== undefined)
    problems.warnGeneral(`tracing: ${variable} is set, but no traces are made; set tracing.enabled to false`);
}
