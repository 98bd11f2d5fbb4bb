import type { Eval, Frame } from './frame.js';
import { acceptorOf } from './params.js';
import { isTrue } from './truth.js';
import type { GoFunction, ParamName, Value } from './values.js';

/** An argument as written: what it is worth depends on the parameter it is for. */
export type Argument = (param: ParamName) => BoundArgument;
type BoundArgument = (frame: Frame, dot: Value) => unknown;

/** Compiles a call. `piped` is the value of the command before, which becomes the last argument. */
export function compileCall(
  name: string,
  called: GoFunction,
  args: readonly Argument[],
  piped: Eval | undefined,
): Eval {
  const count = args.length + (piped === undefined ? 0 : 1);
  const { params, rest } = called;
  if (rest === undefined ? count !== params.length : count < params.length) {
    const wanted = rest === undefined ? `${params.length}` : `at least ${params.length}`;
    return failing(`wrong number of args for ${name}: want ${wanted} got ${count}`);
  }
  const paramAt = (index: number) => params[index] ?? rest!;
  const bound = args.map((arg, index) => arg(paramAt(index)));
  const call = called.call as (...values: unknown[]) => Value;
  return piped === undefined
    ? callWith(call, bound)
    : callPiped(call, bound, piped, acceptorOf(paramAt(count - 1)));
}

/** `and` and `or` look at no more arguments than they need, and give back the one that decided. */
export function compileShortCircuit(
  name: 'and' | 'or',
  args: readonly Argument[],
  piped: Eval | undefined,
): Eval {
  if (args.length === 0 && piped === undefined) return failing(`wrong number of args for ${name}`);
  const bound = args.map((arg) => arg('value') as Eval);
  const decisive = name === 'or';
  return (frame, dot) => {
    const last = piped?.(frame, dot);
    let value: Value;
    for (const evaluate of bound) {
      value = evaluate(frame, dot);
      if (isTrue(value) === decisive) return value;
    }
    return piped === undefined ? value : last;
  };
}

/** An error that Go too finds only when it comes to it. */
export function failing(problem: string): Eval {
  return () => {
    throw new Error(problem);
  };
}

// The usual numbers of arguments take no array, which is five times as fast.
function callWith(call: (...values: unknown[]) => Value, bound: BoundArgument[]): Eval {
  const [first, second, third] = bound;
  switch (bound.length) {
    case 0:
      return () => call();
    case 1:
      return (frame, dot) => call(first!(frame, dot));
    case 2:
      return (frame, dot) => call(first!(frame, dot), second!(frame, dot));
    case 3:
      return (frame, dot) => call(first!(frame, dot), second!(frame, dot), third!(frame, dot));
    default:
      return (frame, dot) => call(...bound.map((argument) => argument(frame, dot)));
  }
}

function callPiped(
  call: (...values: unknown[]) => Value,
  bound: BoundArgument[],
  piped: Eval,
  accept: (value: Value) => unknown,
): Eval {
  const [first] = bound;
  switch (bound.length) {
    case 0:
      return (frame, dot) => call(accept(piped(frame, dot)));
    case 1:
      return (frame, dot) => {
        const last = piped(frame, dot);
        return call(first!(frame, dot), accept(last));
      };
    default:
      return (frame, dot) => {
        const last = piped(frame, dot);
        const values = bound.map((argument) => argument(frame, dot));
        return call(...values, accept(last));
      };
  }
}
