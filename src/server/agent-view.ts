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
  readonly clients: readonly ClientView[];
  logLevel: LogLevel;
  /** What the pipelines of the current config have measured. */
  customMetrics(): Family[];
  /** Takes the config file as it is now. Rejects when it cannot; then everything goes on as it was. */
  reload(): Promise<void>;
  /** Why the last reload failed; undefined when it did not. */
  readonly reloadError: string | undefined;
}

export interface JobView {
  readonly name: string;
  readonly targets: readonly TargetView[];
  /** What senders have handed over and no store has accepted yet, in memory or on the disk. */
  readonly waitingBytes: number;
  /** Found, but not read. */
  readonly droppedTargets: readonly DroppedTargetView[];
  /** Why there may be others than those that were found. */
  readonly discoveryErrors: readonly string[];
  readonly activity: ActivityView;
}

/** What came out of a job's pipeline. */
export interface ActivityView {
  readonly lines: number;
  readonly linesPerSecond: number;
  readonly streams: readonly StreamView[];
  /** Lines of further streams. */
  readonly otherLines: number;
}

export interface StreamView {
  readonly labels: {
    readonly stream: string;
    readonly tenant: string | undefined;
    pairs(): [string, string][];
  };
  readonly lines: number;
}

/** How one item of `clients:` is doing. */
export interface ClientView {
  readonly name: string;
  readonly url: string;
  readonly pendingEntries: number;
  readonly pendingBytes: number;
  readonly pendingBatches: number;
  readonly sentEntries: number;
  readonly droppedEntries: number;
  /** Of the last answer; −1 when there was none. */
  readonly lastStatus: number | undefined;
  readonly lastLatencyMs: number | undefined;
  readonly answers: readonly {
    /** −1 when there was none. */
    readonly status: number;
    readonly pushes: number;
    readonly meanLatencyMs: number;
  }[];
  readonly lastSentAtMs: number | undefined;
  /** Undefined while the last push was accepted. */
  readonly lastError: string | undefined;
  readonly lastErrorAtMs: number | undefined;
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
