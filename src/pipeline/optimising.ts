import { setFlagsFromString } from 'node:v8';

declare global {
  /** What to tell V8 once there is work, after what scripts/start.cjs has told it to save memory at rest. */
  var v8Flags:
    | {
        readonly atWork: readonly string[];
        /** For lines that go through the stages, which are JavaScript. */
        readonly inStages: readonly string[];
      }
    | undefined;
}

/** Fewer lines than this in so long are as cheap without V8's compilers: 90 a second took 1.7 % of a core either way. */
const busyLines = 1000;
const spanMs = 10_000;

/** Counts lines until there are many. */
class Work {
  readonly #begin: () => void;
  #isMuch = false;
  #spanStartMs = Number.NEGATIVE_INFINITY;
  #lines = 0;

  constructor(begin: () => void) {
    this.#begin = begin;
  }

  count(lines: number, nowMs: number): void {
    if (this.#isMuch) return;
    if (nowMs - this.#spanStartMs > spanMs) {
      this.#spanStartMs = nowMs;
      this.#lines = 0;
    }
    this.#lines += lines;
    if (this.#lines < busyLines) return;
    this.#isMuch = true;
    this.#begin();
  }
}

const all = new Work(() => tell(globalThis.v8Flags?.atWork));
const inStages = new Work(() => tell(globalThis.v8Flags?.inStages));

/** Lets V8 compile once there is work for the process. */
export function countWork(lines: number, nowMs: number): void {
  all.count(lines, nowMs);
}

/** As `countWork`, of lines that go through the stages: only for them is it worth to let V8 compile as best it can. */
export function countStageWork(lines: number, nowMs: number): void {
  all.count(lines, nowMs);
  inStages.count(lines, nowMs);
}

function tell(flags: readonly string[] = []): void {
  for (const flag of flags) setFlagsFromString(flag);
}
