import { Complex, GoObject, Int, List, type Value } from './values.js';

/** Whether a value counts as true: what is nil, zero or empty does not. */
export function isTrue(value: Value): boolean {
  if (typeof value !== 'object' || value === null) return Boolean(value) || Number.isNaN(value);
  if (value instanceof Int) return value.value !== 0n;
  if (value instanceof List) return value.items.length > 0;
  if (value instanceof Complex) return value.real !== 0 || value.imaginary !== 0;
  return value instanceof GoObject || (value as ReadonlyMap<string, Value>).size > 0;
}
