import { parseGoFloat, parseGoInt } from '../../strconv.js';
import { toText } from '../print/print.js';
import { isTrue } from '../truth.js';
import { GoObject, Int, List, StringMap, typeName, type Value } from '../values.js';

/** How sprig makes an integer of anything: texts as Go reads integers, without a fraction of zeros; 0 if all fails. */
export function toInt64(value: Value): bigint {
  if (value instanceof Int) return isPlainNumber(value) ? BigInt.asIntN(64, value.value) : 0n;
  if (typeof value === 'number') return truncated(value);
  if (typeof value === 'string') return parseGoInt(value.replace(/\.0+$/, ''), 0) ?? 0n;
  return value === true ? 1n : 0n;
}

export function toFloat64(value: Value): number {
  if (value instanceof Int) return isPlainNumber(value) ? Number(value.value) : 0;
  if (typeof value === 'number') return value;
  if (typeof value === 'string') return parseGoFloat(value) ?? 0;
  return value === true ? 1 : 0;
}

/** Zero, nothing or false; a struct never is. */
export function isEmpty(value: Value): boolean {
  return !isTrue(value);
}

/** Go's reflect.DeepEqual: the types have to be the same too. */
export function deepEqual(a: Value, b: Value): boolean {
  if (typeName(a) !== typeName(b)) return false;
  if (a instanceof Int) return a.value === (b as Int).value;
  if (a instanceof List) return listsEqual(a, b as List);
  if (a instanceof Map) return mapsEqual(a, b as ReadonlyMap<string, Value>);
  if (a instanceof GoObject) return a.toString() === (b as GoObject).toString();
  return (a ?? null) === (b ?? null);
}

/** The items of what has to be a list, for the function named. */
export function requireItems(list: Value, action: string): readonly Value[] {
  if (list instanceof List) return list.items;
  throw new Error(`cannot ${action} a ${typeName(list)}`);
}

/** The texts of a list without its nils; anything else is a list of one. */
export function toStrings(value: Value): string[] {
  if (value === null || value === undefined) return [];
  if (!(value instanceof List)) return [toText(value)];
  return value.items.filter((item) => item !== null).map(toText);
}

/** Days and months count as numbers, durations do not. */
function isPlainNumber(value: Int): boolean {
  return value.type.name !== 'time.Duration';
}

/** What a processor makes of a float that fits no integer is its smallest one. */
function truncated(value: number): bigint {
  const fits = Math.abs(value) < 2 ** 63;
  return fits ? BigInt(Math.trunc(value)) : -(2n ** 63n);
}

function listsEqual(a: List, b: List): boolean {
  if (a.isNil !== b.isNil || a.items.length !== b.items.length) return false;
  return a.items.every((item, index) => deepEqual(item, b.items[index]));
}

function mapsEqual(a: ReadonlyMap<string, Value>, b: ReadonlyMap<string, Value>): boolean {
  if (a.size !== b.size || a instanceof StringMap !== b instanceof StringMap) return false;
  return [...a].every(([key, value]) => b.has(key) && deepEqual(value, b.get(key)));
}
