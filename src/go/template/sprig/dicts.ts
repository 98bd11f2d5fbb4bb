import { compareBytes } from '../../compare-bytes.js';
import { type FunctionTable, fn, variadic } from '../functions.js';
import { toText } from '../print/print.js';
import { type Dict, List, NilDict, StringMap, strings, typeName, type Value } from '../values.js';
import { merge } from './merge.js';

export const dictFunctions: FunctionTable = {
  deepCopy: fn(['any'], deepCopy),
  dict: variadic([], 'any', dict),
  dig: variadic([], 'any', dig),
  get: fn(['dict', 'string'], (from, key) => (from.has(key) ? from.get(key) : '')),
  hasKey: fn(['dict', 'string'], (from, key) => from.has(key)),
  // Go gives keys and values in random order; here they come sorted.
  keys: variadic([], 'dict', (...dicts) => strings(dicts.flatMap(sortedKeys))),
  merge: variadic(['dict'], 'dict', (target, ...sources) => mergeAll(target, sources, false)),
  mergeOverwrite: variadic(['dict'], 'dict', (target, ...sources) => mergeAll(target, sources, true)),
  mustDeepCopy: fn(['any'], deepCopy),
  mustMerge: variadic(['dict'], 'dict', (target, ...sources) => mergeAll(target, sources, false)),
  mustMergeOverwrite: variadic(['dict'], 'dict', (target, ...sources) => mergeAll(target, sources, true)),
  omit: variadic(['dict'], 'string', (from, ...keys) => pickKeys(from, (key) => !keys.includes(key))),
  pick: variadic(['dict'], 'string', (from, ...keys) => pickKeys(from, (key) => keys.includes(key))),
  pluck: variadic(
    ['string'],
    'dict',
    (key, ...dicts) => new List(dicts.filter((one) => one.has(key)).map((one) => one.get(key))),
  ),
  set: fn(['dict', 'string', 'any'], (target, key, value) => target.set(key, value)),
  unset: fn(['dict', 'string'], (target, key) => {
    target.delete(key);
    return target;
  }),
  values: fn(['dict'], (from) => new List(sortedKeys(from).map((key) => from.get(key)))),
};

/** Keys and values in turn; a last key without a value has "". */
function dict(...values: Value[]): Dict {
  const made: Dict = new Map();
  for (let at = 0; at < values.length; at += 2) {
    made.set(toText(values[at]), at + 1 < values.length ? values[at + 1] : '');
  }
  return made;
}

function sortedKeys(from: Dict): string[] {
  return [...from.keys()].sort(compareBytes);
}

function pickKeys(from: Dict, isWanted: (key: string) => boolean): Dict {
  return new Map([...from].filter(([key]) => isWanted(key)));
}

function mergeAll(target: Dict, sources: readonly Dict[], overwrites: boolean): Dict {
  const merged = target instanceof NilDict ? new Map() : target;
  for (const source of sources) merge(merged, source, overwrites);
  return merged;
}

/** Keys, what to give when one of them is missing, and last the dict to follow them in. */
function dig(...args: Value[]): Value {
  if (args.length < 3) throw new Error('dig needs at least three arguments');
  const keys = args.slice(0, -2);
  for (const key of keys) {
    if (typeof key !== 'string') throw new Error(`a key must be a string, not a ${typeName(key)}`);
  }
  let found = args.at(-1);
  for (const key of keys as string[]) {
    if (!(found instanceof Map) || found instanceof StringMap)
      throw new Error(`cannot dig in a ${typeName(found)}`);
    if (!found.has(key)) return args.at(-2);
    found = found.get(key);
  }
  return found;
}

function deepCopy(value: Value): Value {
  if (value === null) throw new Error('cannot copy nil');
  return copyOf(value);
}

function copyOf(value: Value): Value {
  if (value instanceof List) return new List(value.items.map(copyOf), value.element, value.isNil);
  if (value instanceof StringMap) return new StringMap(value);
  return value instanceof Map ? new Map([...value].map(([key, item]) => [key, copyOf(item)])) : value;
}
