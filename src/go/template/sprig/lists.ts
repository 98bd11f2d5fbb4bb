import { compareBytes } from '../../compare-bytes.js';
import { type FunctionTable, fn, variadic } from '../functions.js';
import { toText } from '../print/print.js';
import { int, List, strings, type Value } from '../values.js';
import { deepEqual, isEmpty, requireItems, toInt64, toStrings } from './convert.js';
import { withMust } from './must.js';

const append = fn(['any', 'any'], (list, item) => new List([...requireItems(list, 'push on'), item]));

const list = variadic([], 'any', (...items) => new List(items));

export const listFunctions: FunctionTable = {
  ...withMust({
    append,
    chunk: fn(['int', 'any'], (size, items) => chunk(size, requireItems(items, 'chunk'))),
    compact: fn(
      ['any'],
      (items) => new List(requireItems(items, 'compact').filter((item) => !isEmpty(item))),
    ),
    first: fn(['any'], (items) => requireItems(items, 'find first of')[0] ?? null),
    has: fn(['any', 'any'], (item, items) => items !== null && isIn(requireItems(items, 'search'), item)),
    initial: fn(['any'], (items) => part(requireItems(items, 'find initial of'), 0, -1)),
    last: fn(['any'], (items) => requireItems(items, 'find last of').at(-1) ?? null),
    prepend: fn(['any', 'any'], (items, item) => new List([item, ...requireItems(items, 'prepend to')])),
    push: append,
    rest: fn(['any'], (items) => part(requireItems(items, 'find rest of'), 1)),
    reverse: fn(['any'], (items) => new List(requireItems(items, 'reverse').toReversed())),
    slice: variadic(['any'], 'any', slice),
    uniq: fn(['any'], (items) => new List(uniq(requireItems(items, 'find uniq of')))),
    without: variadic(
      ['any'],
      'any',
      (items, ...omitted) => new List(requireItems(items, 'filter').filter((item) => !isIn(omitted, item))),
    ),
  }),
  concat: variadic([], 'any', concat),
  list,
  seq: variadic([], 'int', (...bounds) => sequence(bounds).join(' ')),
  sortAlpha: fn(['any'], sortAlpha),
  tuple: list,
  until: fn(['int'], (count) => ints(range(0, count, count < 0 ? -1 : 1))),
  untilStep: fn(['int', 'int', 'int'], (start, stop, step) => ints(range(start, stop, step))),
};

/** All but the ends; of an empty list a nil one. */
function part(items: readonly Value[], start: number, end?: number): List {
  return items.length === 0 ? new List([], 'interface {}', true) : new List(items.slice(start, end));
}

function isIn(items: readonly Value[], wanted: Value): boolean {
  return items.some((item) => deepEqual(wanted, item));
}

function uniq(items: readonly Value[]): Value[] {
  const found: Value[] = [];
  for (const item of items) if (!isIn(found, item)) found.push(item);
  return found;
}

/** All of `size` but the last. What Go makes of a size that is not positive is kept too. */
function chunk(size: number, items: readonly Value[]): List {
  const count = Math.floor((items.length - 1) / size) + 1;
  if (!(count >= 0 && count < Infinity)) throw new Error(`cannot make chunks of ${size}`);
  const chunks = Array.from({ length: count }, (_, index) => {
    const length = index < count - 1 ? size : items.length % size || size;
    if (length < 0 || index * size + length > items.length) throw new Error(`cannot make chunks of ${size}`);
    return new List(items.slice(index * size, index * size + length));
  });
  return new List(chunks, '[]interface {}');
}

function concat(...lists: Value[]): List {
  const items = lists.flatMap((one) => requireItems(one, 'concat'));
  return new List(items, 'interface {}', items.length === 0);
}

function slice(list: Value, ...indexes: Value[]): Value {
  const items = requireItems(list, 'slice');
  if (items.length === 0) return null;
  const [first, second] = indexes;
  const start = first === undefined ? 0 : Number(toInt64(first));
  const end = second === undefined ? items.length : Number(toInt64(second));
  if (start < 0 || start > end || end > items.length) {
    throw new Error(`slice bounds out of range [${start}:${end}] with length ${items.length}`);
  }
  return new List(items.slice(start, end), (list as List).element);
}

function sortAlpha(value: Value): List {
  return strings(value instanceof List ? toStrings(value).sort(compareBytes) : [toText(value)]);
}

// Go would try to get the memory, and end with it.
const maxRange = 10_000_000;

/** From start to stop, without it; nothing when the step leads away from it. */
function range(start: number, stop: number, step: number): number[] {
  const count = step === 0 ? 0 : Math.max(0, Math.ceil((stop - start) / step));
  if (start === stop || count === 0) return [];
  if (count > maxRange) throw new Error(`a list of ${count} numbers is too long`);
  return Array.from({ length: count }, (_, index) => start + index * step);
}

function ints(numbers: readonly number[]): List {
  return new List(numbers.map(int), 'int');
}

/** As the command of that name: one, two or three numbers, the last one included. */
function sequence(bounds: readonly number[]): number[] {
  const [first = 0, second = 0, third = 0] = bounds;
  if (bounds.length === 1) return including(1, first, first < 1 ? -1 : 1);
  if (bounds.length === 2) return including(first, second, second < first ? -1 : 1);
  if (bounds.length !== 3 || (third < first && second > 0)) return [];
  return range(first, third + (third < first ? -1 : 1), second);
}

function including(start: number, end: number, step: number): number[] {
  return range(start, end + step, step);
}
