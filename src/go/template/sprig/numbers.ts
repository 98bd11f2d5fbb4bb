import { randomInt } from 'node:crypto';
import { parseGoInt } from '../../strconv.js';
import { type FunctionTable, fn, variadic } from '../functions.js';
import { toText } from '../print/print.js';
import { int, int64, type Value } from '../values.js';
import { toFloat64, toInt64 } from './convert.js';
import {
  addDecimals,
  type Decimal,
  decimalOf,
  divideDecimals,
  floatOf,
  multiplyDecimals,
} from './decimal.js';

const largest = variadic(['any'], 'any', (first, ...others) =>
  int64(others.map(toInt64).reduce(larger, toInt64(first))),
);

export const numberFunctions: FunctionTable = {
  add: variadic([], 'any', (...values) =>
    int64(values.reduce<bigint>((sum, value) => sum + toInt64(value), 0n)),
  ),
  add1: fn(['any'], (value) => int64(toInt64(value) + 1n)),
  add1f: fn(['any'], (value) => withDecimals(value, [1], addDecimals)),
  addf: variadic([], 'any', (...values) => withDecimals(0, values, addDecimals)),
  atoi: fn(['string'], (text) => int(clampedInt(text))),
  biggest: largest,
  ceil: fn(['any'], (value) => Math.ceil(toFloat64(value))),
  div: fn(['any', 'any'], (a, b) => int64(toInt64(a) / nonZero(b))),
  divf: variadic(['any'], 'any', (first, ...others) => withDecimals(first, others, divideDecimals)),
  float64: fn(['any'], toFloat64),
  floor: fn(['any'], (value) => Math.floor(toFloat64(value))),
  int: fn(['any'], (value) => int(toInt64(value))),
  int64: fn(['any'], (value) => int64(toInt64(value))),
  max: largest,
  maxf: variadic(['any'], 'any', (...values) => Math.max(...values.map(toFloat64))),
  min: variadic(['any'], 'any', (first, ...others) =>
    int64(others.map(toInt64).reduce(smaller, toInt64(first))),
  ),
  minf: variadic(['any'], 'any', (...values) => Math.min(...values.map(toFloat64))),
  mod: fn(['any', 'any'], (a, b) => int64(toInt64(a) % nonZero(b))),
  mul: variadic(['any'], 'any', (first, ...others) =>
    int64(others.reduce<bigint>((product, value) => product * toInt64(value), toInt64(first))),
  ),
  mulf: variadic(['any'], 'any', (first, ...others) => withDecimals(first, others, multiplyDecimals)),
  randInt: fn(['int', 'int'], (min, max) => int(randomInt(min, max))),
  round: variadic(['any', 'int'], 'float64', round),
  sub: fn(['any', 'any'], (a, b) => int64(toInt64(a) - toInt64(b))),
  subf: variadic(['any'], 'any', (first, ...others) =>
    withDecimals(first, others, (a, b) => addDecimals(a, { ...b, value: -b.value })),
  ),
  toDecimal: fn(['any'], (value) => int64(parseGoInt(toText(value), 8) ?? 0n)),
};

function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function nonZero(value: Value): bigint {
  const divisor = toInt64(value);
  if (divisor === 0n) throw new Error('integer divide by zero');
  return divisor;
}

/** Of a number too large for 64 bits Go gives the largest; anything else that is none is 0. */
function clampedInt(text: string): bigint {
  const value = parseGoInt(text);
  if (value !== undefined) return value;
  if (!/^[+-]?\d+$/.test(text)) return 0n;
  return text.startsWith('-') ? -(2n ** 63n) : 2n ** 63n - 1n;
}

/** Floats are added and multiplied as the decimals they are written as, so that 0.1 and 0.2 make 0.3. */
function withDecimals(
  first: Value,
  others: readonly Value[],
  operation: (a: Decimal, b: Decimal) => Decimal,
): number {
  let result = decimalOf(toFloat64(first));
  for (const other of others) result = operation(result, decimalOf(toFloat64(other)));
  return floatOf(result);
}

/** Halves, or what `from` says, are rounded up by ceil: towards zero when negative. */
function round(value: Value, places: number, from = 0.5): number {
  const power = 10 ** places;
  const digits = power * toFloat64(value);
  return (digits % 1 >= from ? Math.ceil(digits) : Math.floor(digits)) / power;
}
