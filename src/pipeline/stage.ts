import type { Logger } from 'pino';
import type { Entry } from '../entry/entry.js';
import type { Extracted } from '../entry/extracted.js';
import type { ConfigNode } from '../fields/node.js';
import type { Schema } from '../fields/schema.js';
import type { StageMetrics } from '../metrics/stage-metrics.js';
import type { LinePlan } from './packing/line-plan.js';

/**
 * One step of a pipeline. It is handed an array to own and returns what goes on: the same array changed or shortened in place,
 * or another. An entry that it ends is settled by it (`eachEntry` does so); one that it holds back stays unsettled until what it
 * became is accepted.
 */
export interface Stage {
  process(entries: Entry[]): Entry[] | Promise<Entry[]>;
  /** The held entries that are due at `nowMs` (milliseconds since 1970); Infinity at the end: all that may be sent. */
  flush?(nowMs: number): Entry[] | Promise<Entry[]>;
  /** When `flush` next has something to give, in milliseconds since 1970; undefined while nothing is held. */
  dueAt?(): number | undefined;
  /** Adds to the plan what it does with lines. Without it, or where it answers false, that cannot be planned. */
  plan?(plan: LinePlan): boolean;
}

/** A stage as configured: its kind and its decoded options. */
export interface StageConfig {
  readonly kind: StageKind<unknown>;
  /** As it is written, which is how Promtail shows it too. */
  readonly body: ConfigNode;
  readonly options: unknown;
}

/** What a stage may use besides its options. */
export interface StageDeps {
  readonly log: Logger;
  readonly metrics: StageMetrics;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Aborted when the pipeline is to end: whatever waits then stops waiting. */
  readonly signal: AbortSignal;
  /** Nothing of what passes is to be kept on the disk: a dry run, a check. */
  readonly isTrial: boolean;
  /** Whether somebody waits until lines are safe: a stage that would hold them for longer than its patience refuses to be built. */
  readonly sendersWait: boolean;
  /** Builds the inner pipeline of a stage that holds stages. */
  readonly buildStages: (stages: readonly StageConfig[]) => Stage;
}

/** One kind of stage: everything there is to know about it stands in its own file. */
export interface StageKind<Options> {
  /** Its name in `pipeline_stages`. */
  readonly name: string;
  /** How its body is written; a stage that holds stages takes their schema. */
  readonly schema: Schema<Options> | ((stages: Schema<StageConfig[]>) => Schema<Options>);
  build(options: Options, deps: StageDeps): Stage;
}

/**
 * A stage that looks at one entry at a time. `visit` changes the entry in place; it returns false to drop it, which settles its
 * lines. `plan`: see `Stage`.
 */
export function eachEntry(
  visit: (entry: Entry, extracted: Extracted) => boolean,
  plan: (plan: LinePlan) => boolean = () => false,
): Stage {
  return {
    plan,
    process(entries) {
      let kept = 0;
      for (const entry of entries) {
        if (visit(entry, entry.extracted!)) entries[kept++] = entry;
        else entry.ack.done(entry.lines);
      }
      entries.length = kept;
      return entries;
    },
  };
}
