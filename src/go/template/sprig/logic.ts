import { type FunctionTable, fn, variadic } from '../functions.js';
import { kindName, typeName } from '../values.js';
import { deepEqual, isEmpty } from './convert.js';

export const logicFunctions: FunctionTable = {
  all: variadic([], 'any', (...values) => values.every((value) => !isEmpty(value))),
  any: variadic([], 'any', (...values) => values.some((value) => !isEmpty(value))),
  coalesce: variadic([], 'any', (...values) => values.find((value) => !isEmpty(value)) ?? null),
  deepEqual: fn(['any', 'any'], deepEqual),
  default: variadic(['any'], 'any', (fallback, given) => (isEmpty(given) ? fallback : given)),
  empty: fn(['any'], isEmpty),
  fail: fn(['string'], (message) => {
    throw new Error(message);
  }),
  hello: fn([], () => 'Hello!'),
  kindIs: fn(['string', 'any'], (kind, value) => kindName(value) === kind),
  kindOf: fn(['any'], kindName),
  ternary: fn(['any', 'any', 'bool'], (yes, no, condition) => (condition ? yes : no)),
  typeIs: fn(['string', 'any'], (name, value) => typeName(value) === name),
  typeIsLike: fn(['string', 'any'], (name, value) => [name, `*${name}`].includes(typeName(value))),
  typeOf: fn(['any'], typeName),
};
