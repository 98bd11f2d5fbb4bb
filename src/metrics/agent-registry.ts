import { Counter, type Counter as CounterType, collectDefaultMetrics, Gauge, Registry } from 'prom-client';

/** What the agent tells of itself as a whole; parts add their own families to the registry. */
export interface AgentRegistry {
  readonly registry: Registry;
  readonly reloads: { readonly succeeded: CounterType; readonly failed: CounterType };
  readonly logMessages: CounterType<'level'>;
}

/** Milliseconds: the longest that a timer of Node takes. */
const never = 2 ** 31 - 1;
/** prom-client has these of samples that wake the process up a hundred times a second: half of what an idle agent cost. */
const sampledLag = ['min', 'max', 'mean', 'stddev', 'p50', 'p90', 'p99'].map(
  (figure) => `nodejs_eventloop_lag_${figure}_seconds`,
);

export function agentRegistry(version: string): AgentRegistry {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: never });
  for (const name of sampledLag) registry.removeSingleMetric(name);
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
