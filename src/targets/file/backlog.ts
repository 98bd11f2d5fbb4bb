import type { Lineage } from './lineage.js';
import { prunedInSeconds } from './pruning.js';

/** How far a path is behind. */
export interface Backlog {
  /** Bytes that are not read; of compressed files that are not open yet, as they lie on the disk. */
  readonly bytes: number;
  /** Rotated files that are not read to their end. */
  readonly files: number;
  readonly unsettledBytes: number;
  readonly prunedInSeconds: number | undefined;
}

export function backlogOf({ segments, waiting, rotated, newest, hasLive }: Lineage, nowMs: number): Backlog {
  const unread = segments.filter(({ state }) => state === 'reading');
  const held = unread.filter((segment) => segment !== newest || !hasLive);
  const files = held.length + waiting.length;
  return {
    bytes:
      sum(unread.map(({ contentBytes, offset }) => Math.max(0, contentBytes - offset))) +
      sum(waiting.map(({ look }) => look.size)),
    files,
    unsettledBytes: sum(segments.map(({ progress }) => progress.readTo - progress.settledTo)),
    prunedInSeconds: prunedInSeconds(files, rotated, nowMs),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
