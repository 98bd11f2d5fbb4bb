import { setFlagsFromString } from 'node:v8';

declare global {
  /** What to tell V8 once there is work, after what scripts/start.cjs has told it to save memory at rest. */
  var v8FlagsAtWork: readonly string[] | undefined;
}

/** Fewer lines than this in so long are as cheap without V8's compilers: 90 a second took 1.7 % of a core either way. */
const busyLines = 1000;
const spanMs = 10_000;

let isOptimising = false;
let spanStartMs = Number.NEGATIVE_INFINITY;
let linesInSpan = 0;

/** Lets V8 compile once there is work for the process. */
export function countWork(lines: number, nowMs: number): void {
  if (isOptimising) return;
  if (nowMs - spanStartMs > spanMs) {
    spanStartMs = nowMs;
    linesInSpan = 0;
  }
  linesInSpan += lines;
  if (linesInSpan < busyLines) return;
  isOptimising = true;
  for (const flag of globalThis.v8FlagsAtWork ?? []) setFlagsFromString(flag);
}
