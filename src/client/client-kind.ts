import type { Logger } from 'pino';
import type { Sink } from '../entry/sink.js';
import type { Schema } from '../fields/schema.js';
import type { ClientMetrics } from '../metrics/client-metrics.js';
import type { ClientState } from './client-status.js';
import type { ClientLimits } from './line-limit.js';

/** One item of `clients:` at work. Settles each entry once it is done with it, and neither keeps nor changes any. */
export interface EntryClient extends Sink {
  readonly name: string;
  state(): ClientState;
  /** Sends what is there until `deadline` says that time is up. Entries that come after that stay unsettled. */
  close(deadline: AbortSignal): Promise<void>;
}

/** One kind of client. All of it stands in a file or folder of its own. */
export interface ClientKind<Options> {
  /** What `type:` names it. */
  readonly type: string;
  readonly schema: Schema<Options>;
  /** Throws a ConfigError when its certificates cannot be used. */
  build(options: Options, deps: ClientDeps): Promise<EntryClient>;
}

export interface ClientDeps {
  readonly log: Logger;
  readonly metrics: ClientMetrics;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly version: string;
  /** Where `proxy_from_environment` looks. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly limits: ClientLimits;
}
