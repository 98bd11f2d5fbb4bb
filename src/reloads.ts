import type { Logger } from 'pino';
import type { Agent } from './agent.js';
import { type ConfigSource, loadConfig } from './config/load.js';
import { fingerprint } from './fields/fingerprint.js';
import { ConfigError } from './fields/problems.js';
import type { AgentRegistry } from './metrics/agent-registry.js';

/** Gives the agent its config as it is now, whenever that is asked for, and remembers why it could not. */
export class Reloads {
  readonly #agent: Agent;
  readonly #source: ConfigSource;
  readonly #metrics: AgentRegistry['reloads'];
  readonly #log: Logger;
  #lastError: string | undefined;

  constructor(
    agent: Agent,
    source: ConfigSource,
    deps: { readonly metrics: AgentRegistry['reloads']; readonly log: Logger },
  ) {
    this.#agent = agent;
    this.#source = source;
    this.#metrics = deps.metrics;
    this.#log = deps.log;
  }

  /** Why the last one failed; undefined when it did not. */
  get lastError(): string | undefined {
    return this.#lastError;
  }

  /** Rejects when it cannot. */
  async reload(): Promise<void> {
    try {
      await this.#takeConfig();
      this.#lastError = undefined;
      this.#metrics.succeeded.inc();
      this.#log.info('config reloaded');
    } catch (error) {
      this.#lastError = (error as Error).message;
      this.#metrics.failed.inc();
      this.#log.error({ err: error }, 'failed to reload config; what was running goes on');
      throw error;
    }
  }

  async #takeConfig(): Promise<void> {
    const before = this.#agent.loaded;
    const next = await loadConfig(this.#source, process.env);
    if (next.fingerprint === before?.fingerprint) throw new ConfigError('config has not changed');
    for (const warning of next.warnings) this.#log.warn(warning);
    await this.#agent.reload(next);
    if (fingerprint(next.config.server) !== fingerprint(before?.config.server))
      this.#log.warn('the server block has changed: that takes effect at the next start');
  }
}
