import type { Logger } from 'pino';
import type { Field } from '../fields/schema.js';

/** Targets that one source knows of, with labels that all of them share. No targets: the source has none (any more). */
export interface TargetGroup {
  /** What tells this group from others of the same discoverer. A group replaces the one of the same source. */
  readonly source: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly targets: readonly ReadonlyMap<string, string>[];
}

/** Finds out which targets there are, and goes on finding out. */
export interface Discoverer {
  /** Why what it has found may be out of date: for the pages. Empty while all is well. */
  readonly errors: readonly string[];
  /** Calls `publish` with the groups that are new or have changed, at once and whenever that happens. */
  start(publish: (groups: readonly TargetGroup[]) => void): void;
  stop(): Promise<void>;
}

export interface DiscoveryDeps {
  readonly log: Logger;
  /** $HOSTNAME, or else the host's name: whose pods and files these are. */
  readonly hostname: string;
  readonly version: string;
  /** For what a discovery takes from there: a proxy, the API server of the cluster it runs in. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** One kind of discovery: everything there is to know about it stands in its own file. */
export interface DiscoveryKind<Options> {
  /** Its key in a scrape config. */
  readonly name: string;
  /** Undefined when the key is absent. */
  readonly field: Field<Options | undefined>;
  /** One for each item of the list, or one for all: their groups are kept apart. */
  build(options: Options, deps: DiscoveryDeps): readonly Discoverer[];
}
