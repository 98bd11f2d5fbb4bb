import { hostname } from 'node:os';
import { Agent } from './agent.js';
import type { CommandLine } from './cli/command-line.js';
import { paintFor } from './colours.js';
import { allClients } from './config/clients.js';
import { type LoadedConfig, loadConfig } from './config/load.js';
import { DryRun } from './dry-run.js';
import { ConfigError } from './fields/problems.js';
import type { Listener } from './http/listener.js';
import { AgentLog } from './log/agent-log.js';
import { agentRegistry } from './metrics/agent-registry.js';
import { inspectStages } from './pipeline/inspect.js';
import { Reloads } from './reloads.js';
import { openAgentServer } from './server/agent-server.js';
import { version } from './version.js';
import { agentView } from './view.js';

type Command = Extract<CommandLine, { kind: 'run' }>;

/** Does what the command line asks for, until a signal or the end of the input. Returns the exit code. */
export async function run(command: Command): Promise<number> {
  let loaded: LoadedConfig;
  try {
    loaded = await loadConfig(command.source, process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stdout.write(`Unable to parse config: ${error.message}\n`);
    return 1;
  }
  if (command.onlyCheckSyntax) return tellSyntaxIsRight(command, loaded);
  if (command.onlyPrintVersion) {
    process.stdout.write(versionText());
    return 0;
  }
  return runAgent(command, loaded);
}

async function runAgent(command: Command, loaded: LoadedConfig): Promise<number> {
  const { server, target_config } = loaded.config;
  const metrics = agentRegistry(version);
  const agentLog = new AgentLog({
    level: server.log_level,
    format: server.log_format,
    write: (line) => process.stderr.write(line),
    count: (level) => metrics.logMessages.inc({ level }),
  });
  const log = agentLog.logger;
  if (command.printsConfig)
    process.stderr.write(`---\n# Loki Config\n# (version=${version})\n${loaded.text}\n`);
  if (command.logsConfig) {
    for (const line of loaded.text.trimEnd().split('\n').reverse()) log.info({ type: 'config' }, line);
  }
  for (const warning of loaded.warnings) log.warn(warning);

  const input = target_config.stdin ? process.stdin : undefined;
  const agent = new Agent({
    log,
    metrics,
    version,
    environment: process.env,
    hostname: process.env.HOSTNAME || hostname(),
    now: Date.now,
    input,
    dryRun: command.isDryRun
      ? new DryRun(allClients(loaded.config), process.stdout, paintFor(process.stdout, process.env))
      : undefined,
    observe: command.inspects
      ? inspectStages((text) => process.stderr.write(text), paintFor(process.stderr, process.env))
      : undefined,
  });
  const reloads = new Reloads(agent, command.source, { metrics: metrics.reloads, log });

  let listener: Listener | undefined;
  try {
    await agent.start(loaded);
    if (!server.disable) {
      const view = agentView({ agent, agentLog, version, reloads });
      listener = await openAgentServer(server, view, { log, registry: metrics.registry });
    }
  } catch (error) {
    log.error({ error }, 'error creating promtail');
    await agent.stop(AbortSignal.timeout(0));
    input?.destroy();
    return 1;
  }
  if (!server.disable) process.on('SIGHUP', () => void reloads.reload().catch(() => {}));
  log.info({ version }, 'started auditail');

  // Nothing else need keep the process alive while there is nothing to read.
  const alive = setInterval(() => {}, 2 ** 31 - 1);
  const end = await Promise.race([signalled(), agent.inputEnded]);
  clearInterval(alive);
  log.info({ reason: end }, 'stopping');
  // What is piped in cannot be read again: it is sent for as long as it takes, unless a signal says otherwise.
  const deadline =
    end === 'input' ? new AbortController().signal : AbortSignal.timeout(server.graceful_shutdown_timeout);
  await agent.stop(deadline);
  input?.destroy();
  await listener?.close();
  return 0;
}

/** The first signal ends the agent in good order; the next one, with the default back in place, at once. */
function signalled(): Promise<string> {
  const ended = Promise.withResolvers<string>();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ended.resolve(signal));
  return ended.promise;
}

function tellSyntaxIsRight({ source }: Command, { warnings }: LoadedConfig): number {
  for (const warning of warnings) process.stderr.write(`${warning}\n`);
  const isRight = source.file !== '';
  process.stdout.write(isRight ? 'Valid config file! No syntax issues found\n' : 'Invalid config file\n');
  return isRight ? 0 : 1;
}

function versionText(): string {
  return [
    `promtail, version ${version} (branch: , revision: )`,
    '  build user:       ',
    '  build date:       ',
    `  go version:       node ${process.version}`,
    `  platform:         ${process.platform}/${process.arch}`,
    '  tags:             auditail',
    '',
  ].join('\n');
}
