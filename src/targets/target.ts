import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Intake } from '../entry/intake.js';
import type { LabelSets } from '../entry/labels.js';
import type { ReadClock } from '../entry/read-clock.js';
import type { Sink } from '../entry/sink.js';
import type { Field } from '../fields/schema.js';
import type { Positions } from '../positions/positions.js';

/** What the pages show: a target, or a part of one that has labels of its own. */
export interface ShownTarget {
  /** The word for its kind on the pages: `File`, `Journal`, … */
  readonly type: string;
  /** Labels before relabelling, and those that its entries get. */
  readonly discoveredLabels: ReadonlyMap<string, string>;
  readonly labels: ReadonlyMap<string, string>;
  /** Whether `/ready` may count on it. */
  readonly isReady: boolean;
  /** What the pages tell of it: paths, offsets, the last error. */
  details(): Record<string, unknown>;
}

/** Where lines come from. A job starts it, shows it and stops it. */
export interface Target extends ShownTarget {
  /** What is shown instead of it while there are any: its containers, its partitions. With an error of its own it is shown, too. */
  readonly parts?: readonly ShownTarget[];
  /** Begins to read. A rejection is a reason not to start the agent at all: a port in use, a broker out of reach at Promtail's start. */
  start(): Promise<void>;
  /** Ends reading, soon: what was handed on and is not settled is read again by the next one. */
  stop(): Promise<void>;
  /**
   * For a target that tells a server what is settled: called after `stop`, once more will hardly be settled, or while it still may be. Then it
   * waits for that until the deadline.
   */
  close?(deadline: AbortSignal): Promise<void>;
}

/** What a target may use besides its options. */
export interface TargetDeps {
  readonly jobName: string;
  /** The job's pipeline. */
  readonly sink: Sink;
  /** The way into the pipeline for a target that cannot read again what it was sent. Asked for when the target is built. */
  readonly intake: () => Intake;
  /** The job's relabel_configs; undefined: dropped. Labels that begin with `__` are still there afterwards. */
  readonly relabel: (labels: ReadonlyMap<string, string>) => ReadonlyMap<string, string> | undefined;
  readonly labelSets: LabelSets;
  readonly positions: Positions;
  /** Times for lines that have none. */
  readonly clock: ReadClock;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: Logger;
  readonly registry: Registry;
  readonly hostname: string;
  readonly version: string;
  /** For what a target takes from there: a proxy, credentials. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** One kind of target that has a key of its own in a scrape config (files come by discovery). All of it stands in its own file. */
export interface TargetKind<Options> {
  /** Its key in a scrape config. */
  readonly name: string;
  /** Undefined when the key is absent. */
  readonly field: Field<Options | undefined>;
  /** Whether it keeps its place in the positions file. */
  readonly usesPositions: boolean;
  /** Whether those who send wait for an answer until their lines are safe. Stages may not hold these for long then. */
  readonly sendersWait?: true;
  build(options: Options, deps: TargetDeps): Target;
}
