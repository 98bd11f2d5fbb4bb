import type { Readable } from 'node:stream';
import type { Logger } from 'pino';
import type { Sink } from './entry/sink.js';
import type { AgentRegistry } from './metrics/agent-registry.js';
import type { Observe } from './pipeline/build-stages.js';

/** What an agent is given besides its config. */
export interface AgentDeps {
  readonly log: Logger;
  readonly metrics: AgentRegistry;
  readonly version: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly hostname: string;
  readonly now: () => number;
  /** Lines come from here and nowhere else: `-stdin`. */
  readonly input: Readable | undefined;
  /** Takes all entries instead of the clients: `-dry-run`. Positions are then read, but not written. */
  readonly dryRun: Sink | undefined;
  /** Looks at what stages do: `-inspect`. */
  readonly observe: Observe | undefined;
}
