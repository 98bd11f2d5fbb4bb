/** Nanoseconds since 1970 as an entry has them: whole seconds, and the rest, which is never negative. */
export function fromNanoseconds(total: bigint): { seconds: number; nanos: number } {
  const rest = total % 1_000_000_000n;
  const nanos = rest < 0n ? rest + 1_000_000_000n : rest;
  return { seconds: Number((total - nanos) / 1_000_000_000n), nanos: Number(nanos) };
}
