import { setTimeout as sleepFor } from 'node:timers/promises';

/** Resolves after `ms`, or as soon as one of the signals says so. */
export async function sleep(ms: number, ...signals: AbortSignal[]): Promise<void> {
  const signal = AbortSignal.any(signals);
  await sleepFor(ms, undefined, { signal }).catch(() => {});
}
