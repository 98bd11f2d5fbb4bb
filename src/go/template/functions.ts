import type { Certificate } from './sprig/certificate.js';
import type { Time } from './time-value.js';
import type { Dict, GoFunction, List, ParamName, Value } from './values.js';

export type FunctionTable = Readonly<Record<string, GoFunction>>;

/** What a function gets for a parameter of a Go type. */
export interface ParamTypes extends Record<ParamName, unknown> {
  /** `interface {}`: nil is null. */
  any: Value;
  /** `reflect.Value`, which the builtins take: a missing value is undefined, and so is nil. */
  value: Value;
  string: string;
  bool: boolean;
  int: number;
  uint32: number;
  float64: number;
  duration: bigint;
  /** `map[string]interface {}` */
  dict: Dict;
  /** `[]interface {}` */
  list: List;
  time: Time;
  certificate: Certificate;
}

type Args<Params extends readonly ParamName[]> = { [Index in keyof Params]: ParamTypes[Params[Index]] };

/** A function with these parameters. */
export function fn<const Params extends readonly ParamName[]>(
  params: Params,
  call: (...args: Args<Params>) => Value,
): GoFunction {
  return { params, call: call as unknown as GoFunction['call'] };
}

/** A function with these parameters and any number of `rest`. */
export function variadic<const Params extends readonly ParamName[], Rest extends ParamName>(
  params: Params,
  rest: Rest,
  call: (...args: [...Args<Params>, ...ParamTypes[Rest][]]) => Value,
): GoFunction {
  return { params, rest, call: call as unknown as GoFunction['call'] };
}
