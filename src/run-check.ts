import type { Writable } from 'node:stream';
import type { Logger } from 'pino';
import { type CheckCommand, type CheckLine, parseCheckLine } from './cli/check-line.js';
import { type LoadedConfig, loadConfig } from './config/load.js';
import { ConfigError } from './fields/problems.js';
import { AgentLog } from './log/agent-log.js';
import { version } from './version.js';

export type CheckRequest = Extract<CheckLine, { kind: 'check' }>;

/** What a check has to work with. */
export interface CheckContext {
  readonly request: CheckRequest;
  readonly loaded: LoadedConfig;
  readonly log: Logger;
  readonly version: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly out: Writable;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/** As by SIGINT. */
const interrupted = 130;

/**
 * Runs a command that checks files against a config: `words` are those behind its name. Returns the exit code; 2 where the config cannot be
 * used. Throws a UsageError.
 */
export async function runCheck(
  command: CheckCommand,
  words: readonly string[],
  check: (context: CheckContext) => Promise<number>,
): Promise<number> {
  const request = parseCheckLine(words, command);
  if (request.kind === 'help') {
    process.stdout.write(request.text);
    return 0;
  }
  const { logger: log } = new AgentLog({
    level: 'warn',
    format: 'logfmt',
    write: (line) => process.stderr.write(line),
  });
  const stopping = new AbortController();
  process.once('SIGINT', () => stopping.abort());
  process.once('SIGTERM', () => stopping.abort());
  try {
    const loaded = await loadConfig(request.source, process.env);
    const { env: environment, stdout: out } = process;
    const code = await check({
      request,
      loaded,
      log,
      version,
      environment,
      out,
      signal: stopping.signal,
    });
    return stopping.signal.aborted ? interrupted : code;
  } catch (error) {
    if (stopping.signal.aborted) return interrupted;
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
}
