import type { LogLevel } from '../log/agent-log.js';
import type { Family } from '../metrics/family.js';

/** What the server shows of the agent and asks of it; `agent.ts` has it. */
export interface AgentView {
  readonly version: string;
  /** At least one target is ready. */
  readonly isReady: boolean;
  /** The effective config as YAML, secrets masked. */
  readonly configText: string;
  readonly jobs: readonly JobView[];
  logLevel: LogLevel;
  /** What the pipelines of the current config have measured. */
  customMetrics(): Family[];
  /** Takes the config file as it is now. Rejects when it cannot; then everything goes on as it was. */
  reload(): Promise<void>;
}

export interface JobView {
  readonly name: string;
  readonly targets: readonly TargetView[];
  /** Found, but not read. */
  readonly droppedTargets: readonly DroppedTargetView[];
}

export interface TargetView {
  readonly type: string;
  readonly isReady: boolean;
  readonly discoveredLabels: ReadonlyMap<string, string>;
  readonly labels: ReadonlyMap<string, string>;
  details(): Record<string, unknown>;
}

export interface DroppedTargetView {
  readonly discoveredLabels: ReadonlyMap<string, string>;
  readonly reason: string;
}
