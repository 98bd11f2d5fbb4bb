import { type Argument, compileCall } from './call.js';
import type { Eval, Frame } from './frame.js';
import { timeMethod } from './time-methods.js';
import { Time } from './time-value.js';
import { type GoFunction, GoObject, Int, typeName, type Value } from './values.js';

/** `.name` of a value: the entry of a map, a field, or what a method without parameters gives. */
export function fieldOf(receiver: Value, name: string): Value {
  if (receiver instanceof Map) return receiver.get(name);
  if (receiver === undefined) return undefined;
  if (receiver === null) throw new Error(`nil pointer evaluating interface {}.${name}`);
  const method = methodOf(receiver, name);
  if (method !== undefined) return compileCall(name, method, [], undefined)(noFrame, undefined);
  const value = receiver instanceof GoObject ? receiver.field(name) : undefined;
  if (value === undefined) throw new Error(`can't evaluate field ${name} in type ${typeName(receiver)}`);
  return value;
}

/** `.name` with arguments, which only a method can have. */
export function callField(
  receiver: Value,
  name: string,
  args: readonly Argument[],
  piped: Eval | undefined,
): Eval {
  const method = methodOf(receiver, name);
  if (method !== undefined) return compileCall(name, method, args, piped);
  if (receiver === undefined) return () => undefined;
  fieldOf(receiver, name);
  throw new Error(`${name} is not a method but has arguments`);
}

// A method without parameters looks at neither variables nor output.
const noFrame: Frame = { output: { text: '' }, variables: [] };

function methodOf(receiver: Value, name: string): GoFunction | undefined {
  if (receiver instanceof Time) return timeMethod(receiver, name);
  if (receiver instanceof GoObject) return receiver.method(name);
  if (!(receiver instanceof Int)) return undefined;
  const { methods } = receiver.type;
  if (methods === undefined || !Object.hasOwn(methods, name)) return undefined;
  return methods[name]!(receiver.value);
}
