import { setFlagsFromString } from 'node:v8';

/** Fewer lines than this in so long: unoptimised code is as good, with 90 lines a second 1.7 % of a core either way. */
const busyLines = 1000;
const spanMs = 10_000;

let isOptimising = false;
let spanStartMs = Number.NEGATIVE_INFINITY;
let linesInSpan = 0;

/**
 * Lets V8 optimise once there is work for the process: the bundle's start tells it not to (scripts/start.js). At rest V8 would optimise
 * what looks after files that do not change, sooner or later, and 10 MB of its optimising compilers' program and memory would stay resident.
 */
export function countWork(lines: number, nowMs: number): void {
  if (isOptimising) return;
  if (nowMs - spanStartMs > spanMs) {
    spanStartMs = nowMs;
    linesInSpan = 0;
  }
  linesInSpan += lines;
  if (linesInSpan < busyLines) return;
  isOptimising = true;
  setFlagsFromString('--maglev');
  setFlagsFromString('--turbofan');
}
