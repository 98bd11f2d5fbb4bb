import { Counter, type Counter as CounterType, Gauge, Registry } from 'prom-client';
import { addProcessMetrics } from './process-metrics.js';

/** What the agent tells of itself as a whole; parts add their own families to the registry. */
export interface AgentRegistry {
  readonly registry: Registry;
  readonly reloads: { readonly succeeded: CounterType; readonly failed: CounterType };
  readonly logMessages: CounterType<'level'>;
}

export function agentRegistry(version: string): AgentRegistry {
  const registry = new Registry();
  const registers = [registry];
  addProcessMetrics(registry);
  new Gauge({
    name: 'promtail_build_info',
    help: 'What is running, in its labels; always 1.',
    labelNames: ['version', 'revision', 'branch', 'goversion', 'goos', 'goarch', 'tags'],
    registers,
  }).set(buildInfo(version), 1);
  return {
    registry,
    reloads: {
      succeeded: new Counter({
        name: 'promtail_config_reload_success_total',
        help: 'Reloads of the config that went well.',
        registers,
      }),
      failed: new Counter({
        name: 'promtail_config_reload_fail_total',
        help: 'Reloads of the config that failed; what was running went on.',
        registers,
      }),
    },
    logMessages: new Counter({
      name: 'loki_log_messages_total',
      help: 'Messages that the agent itself has logged.',
      labelNames: ['level'],
      registers,
    }),
  };
}

/** The label names are Promtail's; `goversion` tells the Node version. */
function buildInfo(version: string) {
  return {
    version,
    revision: '',
    branch: '',
    goversion: `node ${process.version}`,
    goos: process.platform,
    goarch: process.arch,
    tags: '',
  };
}
