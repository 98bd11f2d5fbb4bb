/** value × 10^exponent, exactly. */
export interface Decimal {
  readonly value: bigint;
  readonly exponent: number;
}

/** The decimal that a float is written as with the fewest digits. */
export function decimalOf(float: number): Decimal {
  if (!Number.isFinite(float)) throw new Error(`cannot create a decimal from ${float}`);
  const [mantissa = '', exponent = '0'] = float.toExponential().split('e');
  const [, fraction = ''] = mantissa.split('.');
  return { value: BigInt(mantissa.replace('.', '')), exponent: Number(exponent) - fraction.length };
}

export function floatOf({ value, exponent }: Decimal): number {
  return Number(`${value}e${exponent}`);
}

export function addDecimals(a: Decimal, b: Decimal): Decimal {
  const exponent = Math.min(a.exponent, b.exponent);
  return { value: scaled(a, exponent) + scaled(b, exponent), exponent };
}

export function multiplyDecimals(a: Decimal, b: Decimal): Decimal {
  return { value: a.value * b.value, exponent: a.exponent + b.exponent };
}

/** To 16 places, halves away from zero. */
export function divideDecimals(a: Decimal, b: Decimal): Decimal {
  if (b.value === 0n) throw new Error('decimal division by 0');
  const shift = a.exponent - b.exponent + 16;
  const dividend = shift >= 0 ? a.value * 10n ** BigInt(shift) : a.value;
  const divisor = shift >= 0 ? b.value : b.value * 10n ** BigInt(-shift);
  const quotient = dividend / divisor;
  const rest = dividend % divisor;
  const isHalf = 2n * absolute(rest) >= absolute(divisor);
  const isNegative = a.value < 0n !== b.value < 0n;
  return { value: isHalf ? quotient + (isNegative ? -1n : 1n) : quotient, exponent: -16 };
}

function scaled({ value, exponent }: Decimal, to: number): bigint {
  return value * 10n ** BigInt(exponent - to);
}

function absolute(value: bigint): bigint {
  return value < 0n ? -value : value;
}
