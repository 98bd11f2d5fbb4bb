import { encodeText, textByteLength } from '../../entry/text.js';
import { equalsAny, isLess } from './compare.js';
import { escapeHtml, escapeJs, escapeQuery } from './escape.js';
import { type FunctionTable, fn, variadic } from './functions.js';
import { printValue, sprint, sprintln } from './print/print.js';
import { sprintf } from './print/sprintf.js';
import { isTrue } from './truth.js';
import { byte, Int, int, List, StringMap, typeName, type Value } from './values.js';

/** The functions that text/template itself has. */
export const builtins: FunctionTable = {
  // These two never get here: the compiler makes them stop early.
  and: variadic(['value'], 'value', (first) => first),
  or: variadic(['value'], 'value', (first) => first),
  call: variadic(['value'], 'value', (called) => {
    throw new Error(`call of a ${typeName(called)}, which is no function`);
  }),
  eq: variadic(['value'], 'value', (first, ...others) => equalsAny(first, others)),
  ge: fn(['value', 'value'], (a, b) => !isLess(a, b)),
  gt: fn(['value', 'value'], (a, b) => !isLess(a, b) && !equalsAny(a, [b])),
  html: variadic([], 'any', (...values) => escapeHtml(printAll(values))),
  index: variadic(['value'], 'value', (item, ...indexes) => indexes.reduce(elementOf, requireItem(item))),
  js: variadic([], 'any', (...values) => escapeJs(printAll(values))),
  le: fn(['value', 'value'], (a, b) => isLess(a, b) || equalsAny(a, [b])),
  len: fn(['value'], (item) => int(lengthOf(item))),
  lt: fn(['value', 'value'], isLess),
  ne: fn(['value', 'value'], (a, b) => !equalsAny(a, [b])),
  not: fn(['value'], (value) => !isTrue(value)),
  print: variadic([], 'any', (...values) => sprint(values)),
  printf: variadic(['string'], 'any', (format, ...values) => sprintf(format, values)),
  println: variadic([], 'any', (...values) => sprintln(values)),
  urlquery: variadic([], 'any', (...values) => escapeQuery(printAll(values))),
};

/** As `print`, but for nil, which shows as it does in the text of a template. */
function printAll(values: readonly Value[]): string {
  return sprint(values.map((value) => (value === null ? printValue(undefined) : value)));
}

function lengthOf(item: Value): number {
  if (typeof item === 'string') return textByteLength(item);
  if (item instanceof List) return item.items.length;
  if (item instanceof Map) return item.size;
  throw new Error(`len of a ${typeName(item)}`);
}

function requireItem(item: Value): Value {
  if (item === undefined) throw new Error('index of nil');
  return item;
}

function elementOf(item: Value, index: Value): Value {
  if (item instanceof Map) return entryOf(item, index);
  if (item instanceof List) return item.items[position(index, item.items.length)];
  if (typeof item !== 'string') throw new Error(`can't index a ${typeName(item)}`);
  const bytes = encodeText(item);
  return byte(bytes[position(index, bytes.length)]!);
}

/** What an absent key has depends on the map; a nil is what the next index trips over. */
function entryOf(map: ReadonlyMap<string, Value>, key: Value): Value {
  if (typeof key !== 'string') throw new Error(`value has type ${typeName(key)}; should be string`);
  return map.get(key) ?? (map instanceof StringMap ? '' : null);
}

function position(index: Value, length: number): number {
  if (!(index instanceof Int)) throw new Error(`cannot index a list with a ${typeName(index)}`);
  if (index.value < 0n || index.value >= BigInt(length))
    throw new Error(`index out of range: ${index.value}`);
  return Number(index.value);
}
