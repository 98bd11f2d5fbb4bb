/** Resolves at the end of `work`, or of the wait for it. */
export async function untilAborted(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const aborted = Promise.withResolvers<void>();
  const stopWaiting = () => aborted.resolve();
  signal.addEventListener('abort', stopWaiting, { once: true });
  await Promise.race([work, aborted.promise]);
  signal.removeEventListener('abort', stopWaiting);
}
