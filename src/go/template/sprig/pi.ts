/** The first words of 32 bits of the fraction of π, computed as it takes less room than a table. */
export function piWords(count: number): Uint32Array {
  const guard = 64;
  const bits = BigInt(count * 32 + guard);
  // Machin: π = 16 arctan(1/5) − 4 arctan(1/239)
  const pi = 16n * inverseArctan(5n, bits) - 4n * inverseArctan(239n, bits);
  const fraction = (pi - (3n << bits)) >> BigInt(guard);
  const hex = fraction.toString(16).padStart(count * 8, '0');
  return Uint32Array.from({ length: count }, (_, at) => Number.parseInt(hex.slice(at * 8, at * 8 + 8), 16));
}

/** arctan(1/x) × 2^bits. */
function inverseArctan(x: bigint, bits: bigint): bigint {
  let power = (1n << bits) / x;
  let sum = power;
  for (let n = 3n, sign = -1n; power !== 0n; n += 2n, sign = -sign) {
    power /= x * x;
    sum += (sign * power) / n;
  }
  return sum;
}
