import type { FunctionTable } from '../functions.js';
import type { GoFunction } from '../values.js';

/** Each function under a second name, `mustFirst` for `first`: there the two differ in how they tell of errors. */
export function withMust(functions: FunctionTable): FunctionTable {
  const must = Object.entries(functions).map(([name, called]): [string, GoFunction] => [
    `must${name[0]!.toUpperCase()}${name.slice(1)}`,
    called,
  ]);
  return { ...functions, ...Object.fromEntries(must) };
}
