import { readFile, stat } from 'node:fs/promises';
import { decodeText } from '../entry/text.js';
import { fingerprintNode } from '../fields/fingerprint.js';
import { type Override, parseConfigText } from '../fields/node.js';
import { ConfigError, Problems } from '../fields/problems.js';
import { checkConfig } from './check.js';
import { expandEnv } from './expand-env.js';
import { printConfig } from './print.js';
import { type Config, configSchema } from './schema.js';

/** Where a config comes from: what the command line says about it. */
export interface ConfigSource {
  /** `-config.file`: paths separated by commas, of which the first that exists is read; '' for none. */
  readonly file: string;
  readonly expandEnv: boolean;
  /** It is not going to run. */
  readonly onlySyntax: boolean;
  /** What flags set; they win over the file. */
  readonly overrides: readonly Override[];
}

export interface LoadedConfig {
  readonly config: Config;
  /** The effective config as YAML, secrets masked. */
  readonly text: string;
  /** Tells it from any other, secrets included. */
  readonly fingerprint: string;
  readonly warnings: readonly string[];
}

/** Reads, expands, decodes and checks. Throws a ConfigError that tells all that is wrong. */
export async function loadConfig(
  source: ConfigSource,
  environment: NodeJS.ProcessEnv,
): Promise<LoadedConfig> {
  const file = await findFile(source.file);
  const raw = file === '' ? '' : await readText(file);
  const text = source.expandEnv ? expand(raw, environment) : raw;
  const problems = new Problems(file);
  const hasPlaceholders = !source.expandEnv && raw.includes('${');
  // Each step only makes sense of what the one before it found right.
  const root = parseConfigText(text, problems, source.overrides);
  refuseIfWrong(problems, hasPlaceholders);
  const config = configSchema.decode(root, problems);
  refuseIfWrong(problems, hasPlaceholders);
  checkConfig(config, problems, { onlySyntax: source.onlySyntax, environment });
  refuseIfWrong(problems, hasPlaceholders);
  return {
    config,
    get text() {
      return printConfig(config);
    },
    fingerprint: fingerprintNode(root),
    warnings: problems.warnings.map((each) => problems.print(each)),
  };
}

async function findFile(list: string): Promise<string> {
  if (list === '') return '';
  for (const file of list.split(',').map((path) => path.trim())) {
    if (await exists(file)) return file;
  }
  throw new ConfigError(`${list} does not exist, set config.file for custom config path`);
}

async function exists(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch {
    return false;
  }
}

async function readText(file: string): Promise<string> {
  try {
    return decodeText(await readFile(file));
  } catch (error) {
    throw new ConfigError(`cannot read ${file}: ${(error as Error).message}`, { cause: error });
  }
}

function expand(text: string, environment: NodeJS.ProcessEnv): string {
  try {
    return expandEnv(text, (name) => environment[name]);
  } catch (error) {
    throw new ConfigError((error as Error).message, { cause: error });
  }
}

function refuseIfWrong(problems: Problems, hasPlaceholders: boolean): void {
  if (problems.errors.length === 0) return;
  const errors = problems.errors.map((each) => problems.print(each)).join('\n');
  const hint =
    '. Use `-config.expand-env=true` flag if you want to expand environment variables in your config file';
  throw new ConfigError(hasPlaceholders ? errors + hint : errors);
}
