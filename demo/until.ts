import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks until there is an answer, and gives it: for what cannot be listened to, like a page of another process. An attempt that
 * throws counts as no answer yet; in vain, the error carries the last one's reason.
 */
export async function until<T>(
  ask: () => T | undefined | false | Promise<T | undefined | false>,
  { timeoutMs = 10_000, describe }: { timeoutMs?: number; describe: () => string },
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  let cause: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    if (performance.now() > deadline) {
      throw new Error(`waited ${timeoutMs} ms for ${describe()}`, { cause });
    }
    await sleep(20);
  }
}
