import { type Dict, List, StringMap, type Value } from '../values.js';
import { isEmpty } from './convert.js';

/** Adds to `target` what it lacks of `source`, dicts in it likewise. What `source` has wins when it overwrites. */
export function merge(target: Dict, source: Dict, overwrites: boolean): void {
  for (const [key, value] of source) {
    const old = target.get(key);
    if (value === null || value === undefined) {
      if (overwrites) target.set(key, null);
    } else if (isDict(value) && isDict(old)) {
      mergeInto(target, key, old, value, overwrites);
    } else if (value instanceof List) {
      if (overwrites || isEmpty(old)) target.set(key, value);
    } else if (overwrites || isEmpty(old)) {
      target.set(key, value);
    }
  }
}

function mergeInto(target: Dict, key: string, old: Dict, value: Dict, overwrites: boolean): void {
  merge(old, value, overwrites);
  if (isEmpty(old)) target.set(key, value);
}

function isDict(value: Value): value is Dict {
  return value instanceof Map && !(value instanceof StringMap);
}
