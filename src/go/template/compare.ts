import { compareBytes } from '../compare-bytes.js';
import { Time } from './time-value.js';
import { Complex, GoObject, Int, List, typeName, type Value } from './values.js';

/** The builtin `eq`: whether the first equals one of the others. Values of different kinds are an error. */
export function equalsAny(first: Value, others: readonly Value[]): boolean {
  if (others.length === 0) throw new Error('missing argument for comparison');
  return others.some((other) => equals(first, other));
}

/** The builtin `lt`. */
export function isLess(a: Value, b: Value): boolean {
  const kind = basicKind(a);
  if (kind === undefined || basicKind(b) === undefined) throw new Error('invalid type for comparison');
  if (kind !== basicKind(b)) incompatible(a, b);
  if (typeof a === 'string') return compareBytes(a, b as string) < 0;
  if (typeof a === 'number') return a < (b as number);
  if (a instanceof Int) return a.value < (b as Int).value;
  throw new Error('invalid type for comparison');
}

function equals(a: Value, b: Value): boolean {
  if (basicKind(a) !== basicKind(b)) {
    if (isNil(a) || isNil(b)) return false;
    incompatible(a, b);
  }
  if (a instanceof Int) return a.value === (b as Int).value;
  if (a instanceof Complex) return a.real === (b as Complex).real && a.imaginary === (b as Complex).imaginary;
  if (basicKind(a) !== undefined) return a === b;
  if (isNil(a) || isNil(b)) return isNil(a) && isNil(b);
  if (a instanceof Time && b instanceof Time) return a.unixNanos === b.unixNanos;
  if (!(a instanceof GoObject) || !(b instanceof GoObject))
    throw new Error(`non-comparable type ${typeName(b)}`);
  return a === b;
}

function isNil(value: Value): boolean {
  return value === undefined || value === null || (value instanceof List && value.isNil);
}

/** Integers compare with each other whatever their size, other types only with their own. */
function basicKind(value: Value): string | undefined {
  if (value instanceof Int) return 'integer';
  if (value instanceof Complex) return 'complex';
  return typeof value === 'object' ? undefined : value === undefined ? undefined : typeof value;
}

function incompatible(a: Value, b: Value): never {
  throw new Error(`incompatible types for comparison: ${typeName(a)} and ${typeName(b)}`);
}
