import { compareBytes } from '../compare-bytes.js';
import { encodeStandardJson } from '../json/encode.js';
import { type JsonObject, type JsonValue, newObject } from '../json/value.js';
import { parseGoFloat } from '../strconv.js';
import { ExpressionReference, isMap, JmesPathEvaluationError, type Search } from './values.js';

export type JmesPathFunction = (given: readonly JsonValue[]) => JsonValue;

interface Type<Value> {
  readonly name: string;
  readonly is: (value: JsonValue) => value is Value & JsonValue;
}

type ValuesOf<Types extends readonly Type<unknown>[]> = {
  [Index in keyof Types]: Types[Index] extends Type<infer Value> ? Value : never;
};

const any: Type<JsonValue> = { name: 'any', is: (_): _ is JsonValue => true };
const number: Type<number> = { name: 'number', is: (value) => typeof value === 'number' };
const string: Type<string> = { name: 'string', is: (value) => typeof value === 'string' };
const array: Type<JsonValue[]> = { name: 'array', is: (value) => Array.isArray(value) };
const object: Type<JsonObject> = { name: 'object', is: isMap };
const numbers: Type<number[]> = arrayOf(number);
const strings: Type<string[]> = arrayOf(string);
const expression: Type<ExpressionReference> = {
  name: 'expression',
  is: (value): value is ExpressionReference => value instanceof ExpressionReference,
};

/** The functions of go-jmespath 0.4. */
export const jmesPathFunctions: ReadonlyMap<string, JmesPathFunction> = new Map([
  ['abs', withTypes([number], Math.abs)],
  ['avg', withTypes([numbers], (items) => sum(items) / items.length)],
  ['ceil', withTypes([number], Math.ceil)],
  ['contains', withTypes([either(array, string), any], contains)],
  ['ends_with', withTypes([string, string], (text, end) => text.endsWith(end))],
  ['floor', withTypes([number], Math.floor)],
  ['join', withTypes([string, strings], (separator, parts) => parts.join(separator))],
  ['keys', withTypes([object], sortedKeys)],
  ['length', withTypes([either(either(string, array), object)], length)],
  ['map', withTypes([expression, array], (search, items) => items.map(ExpressionReference.searchOf(search)))],
  ['max', withTypes([either(numbers, strings)], (items) => best(items, (a, b) => isBelow(b, a)))],
  ['max_by', withTypes([array, expression], (items, by) => bestBy(items, by, (a, b) => isBelow(b, a)))],
  ['merge', withAtLeastOne(merge)],
  ['min', withTypes([either(numbers, strings)], (items) => best(items, isBelow))],
  ['min_by', withTypes([array, expression], (items, by) => bestBy(items, by, isBelow))],
  ['not_null', withAtLeastOne((given) => given.find((value) => value !== null) ?? null)],
  ['reverse', withTypes([either(array, string)], reverse)],
  ['sort', withTypes([either(strings, numbers)], (items) => [...items].sort(order))],
  ['sort_by', withTypes([array, expression], sortBy)],
  ['starts_with', withTypes([string, string], (text, start) => text.startsWith(start))],
  ['sum', withTypes([numbers], sum)],
  ['to_array', withTypes([any], (value) => (Array.isArray(value) ? value : [value]))],
  ['to_number', withTypes([any], toNumber)],
  ['to_string', withTypes([any], (value) => (typeof value === 'string' ? value : encodeStandardJson(value)))],
  ['type', withTypes([any], typeName)],
  ['values', withTypes([object], (members) => sortedKeys(members).map((key) => members[key]!))],
]);

function arrayOf<Item extends JsonValue>(item: Type<Item>): Type<Item[]> {
  return {
    name: `array of ${item.name}`,
    is: (value): value is Item[] => Array.isArray(value) && value.every(item.is),
  };
}

function either<A, B>(a: Type<A>, b: Type<B>): Type<A | B> {
  return {
    name: `${a.name} or ${b.name}`,
    is: (value): value is (A | B) & JsonValue => a.is(value) || b.is(value),
  };
}

function withTypes<const Types extends readonly Type<unknown>[]>(
  types: Types,
  body: (...given: ValuesOf<Types>) => JsonValue,
): JmesPathFunction {
  return (given) => {
    if (given.length !== types.length) {
      throw new JmesPathEvaluationError(`${types.length} arguments expected, not ${given.length}`);
    }
    types.forEach((type, index) => {
      if (!type.is(given[index]!))
        throw new JmesPathEvaluationError(`argument ${index + 1} is no ${type.name}`);
    });
    return body(...(given as ValuesOf<Types>));
  };
}

function withAtLeastOne(body: (given: readonly JsonValue[]) => JsonValue): JmesPathFunction {
  return (given) => {
    if (given.length === 0) throw new JmesPathEvaluationError('an argument expected');
    return body(given);
  };
}

function sum(items: readonly number[]): number {
  return items.reduce((total, item) => total + item, 0);
}

/** Go ends the process where an array or object would have to be compared. */
function contains(searched: JsonValue[] | string, wanted: JsonValue): boolean {
  if (typeof searched === 'string') return typeof wanted === 'string' && searched.includes(wanted);
  if (Array.isArray(wanted) ? searched.some(Array.isArray) : isMap(wanted) && searched.some(isMap)) {
    throw new JmesPathEvaluationError('arrays and objects cannot be looked for');
  }
  return searched.some((item) => item === wanted);
}

function sortedKeys(members: JsonObject): string[] {
  return Object.keys(members).sort(compareBytes);
}

function length(value: string | JsonValue[] | JsonObject): number {
  if (typeof value === 'string') return [...value].length;
  return Array.isArray(value) ? value.length : Object.keys(value).length;
}

function merge(given: readonly JsonValue[]): JsonObject {
  const merged = newObject();
  for (const part of given) {
    if (!isMap(part)) throw new JmesPathEvaluationError('only objects can be merged');
    Object.assign(merged, part);
  }
  return merged;
}

type Sortable = number | string;

/** Either both are numbers or both are strings. NaN is neither below nor above. */
function isBelow(a: Sortable, b: Sortable): boolean {
  return typeof a === 'string' && typeof b === 'string' ? compareBytes(a, b) < 0 : a < b;
}

/** NaN comes first. */
function order(a: Sortable, b: Sortable): number {
  if (isBelow(a, b)) return -1;
  return isBelow(b, a) ? 1 : Number(Number.isNaN(b)) - Number(Number.isNaN(a));
}

function best(items: readonly Sortable[], isBetter: (a: Sortable, b: Sortable) => boolean) {
  return items.length === 0 ? null : items.reduce((held, item) => (isBetter(item, held) ? item : held));
}

function bestBy(
  items: readonly JsonValue[],
  by: ExpressionReference,
  isBetter: (a: Sortable, b: Sortable) => boolean,
): JsonValue {
  if (items.length < 2) return items[0] ?? null;
  const keys = sortKeys(items, by);
  const indexes = items.map((_, index) => index);
  return items[indexes.reduce((held, index) => (isBetter(keys[index]!, keys[held]!) ? index : held))]!;
}

/** Sorts the array itself, which may be part of the document: so does go-jmespath. */
function sortBy(items: JsonValue[], by: ExpressionReference): JsonValue[] {
  if (items.length < 2) return items;
  const keys = sortKeys(items, by);
  const sequence = items.map((_, index) => index).sort((a, b) => order(keys[a]!, keys[b]!));
  const sorted = sequence.map((index) => items[index]!);
  sorted.forEach((item, index) => {
    items[index] = item;
  });
  return items;
}

/** What the items are ordered by: all numbers or all strings. */
function sortKeys(items: readonly JsonValue[], by: ExpressionReference): Sortable[] {
  const search: Search = ExpressionReference.searchOf(by);
  const keys: JsonValue = items.map((item) => search(item));
  if (!numbers.is(keys) && !strings.is(keys)) {
    throw new JmesPathEvaluationError('neither all numbers nor all strings');
  }
  return keys;
}

function reverse(value: JsonValue[] | string): JsonValue {
  return typeof value === 'string' ? [...value.toWellFormed()].reverse().join('') : [...value].reverse();
}

function toNumber(value: JsonValue): JsonValue {
  if (value instanceof ExpressionReference) throw new JmesPathEvaluationError('an expression is no value');
  if (typeof value === 'number') return value;
  return typeof value === 'string' ? (parseGoFloat(value) ?? null) : null;
}

function typeName(value: JsonValue): string {
  if (value instanceof ExpressionReference) throw new JmesPathEvaluationError('an expression has no type');
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value;
}
