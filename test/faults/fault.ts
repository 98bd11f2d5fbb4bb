import type { FaultRig, RigOptions } from './rig.js';
import type { Outcome } from './tally.js';
import type { Tool } from './tools.js';

/** What a run of a fault may have besides lines that arrived once and in order. */
export type Flaw = Exclude<keyof Outcome, 'written' | 'resent'>;

/** Something that goes wrong, on purpose. */
export type Fault = Description & (Script | { begin(scope: AsyncDisposableStack): Script | Promise<Script> });

interface Description {
  readonly name: string;
  /** For the table: what the agent promises when this happens. */
  readonly promise: string;
  /** How often it happens in the quick form. */
  readonly quickCycles: number;
  /** Without these it cannot be made. */
  readonly needs?: readonly Tool[];
  /** Flaws that belong to it, and are only counted. */
  readonly tolerates?: readonly Flaw[];
}

/** How it is made to happen. One that keeps something between cycles is made anew for each run; what it leaves behind goes with the scope. */
export interface Script {
  readonly options?: Partial<RigOptions>;
  /** Makes it happen once. The agent runs before, and has been started again after. */
  cycle(rig: FaultRig, cycle: number): Promise<void>;
  /** What else must hold in the end; throws if it does not. The agent has ended. */
  check?(rig: FaultRig, outcome: Outcome): void | Promise<void>;
}
