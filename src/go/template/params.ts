import type { Operand } from './nodes.js';
import { looksLikeFloat } from './number-literal.js';
import { Certificate } from './sprig/certificate.js';
import { Time } from './time-value.js';
import { Int, int, List, NilDict, type ParamName, StringMap, typeName, type Value } from './values.js';

/** A literal in the place of an argument; everything else has a value only when the template runs. */
export type Literal = Extract<Operand, { kind: 'nil' | 'bool' | 'string' | 'number' }>;

/** Hands values to a parameter; throws for one that Go would not take there. */
export function acceptorOf(name: ParamName): (value: Value) => unknown {
  const { accept, nil } = params[name];
  if (nil === undefined) return accept;
  return (value) => (value === undefined ? nil() : accept(value));
}

/** The same for a literal, which unlike a value may become any type it is fit for: 5 is a float64 where one is wanted. */
export function acceptLiteral(name: ParamName, literal: Literal): unknown {
  const param = params[name];
  if (literal.kind !== 'nil') return param.read(literal);
  if (param.nil === undefined) throw new Error(`cannot assign nil to ${param.goName}`);
  return param.nil();
}

/** The value of a literal that nothing is wanted of. */
export function literalValue(literal: Exclude<Literal, { kind: 'nil' }>): Value {
  if (literal.kind !== 'number') return literal.value;
  const number = literal.value;
  if (number.complex !== undefined) return number.complex;
  if (number.float !== undefined && looksLikeFloat(number)) return number.float;
  if (number.integer === undefined) throw new Error(`${number.text} overflows int`);
  return int(number.integer);
}

type TypedLiteral = Exclude<Literal, { kind: 'nil' }>;

interface Param {
  readonly goName: string;
  accept(value: Value): unknown;
  read(literal: TypedLiteral): unknown;
  /** What nil becomes, for types that have one. */
  nil?(): unknown;
}

const params: Record<ParamName, Param> = {
  any: { goName: 'interface {}', accept: (value) => value ?? null, read: literalValue, nil: () => null },
  value: {
    goName: 'reflect.Value',
    accept: (value) => value ?? undefined,
    read: literalValue,
    nil: () => undefined,
  },
  string: simple('string'),
  bool: simple('bool'),
  int: integer('int', (value) => Number(value)),
  uint32: integer('uint32', (value) => Number(BigInt.asUintN(32, value))),
  duration: integer('time.Duration', (value) => value),
  float64: {
    goName: 'float64',
    accept: (value) => (typeof value === 'number' ? value : wrongType('float64', value)),
    read(literal) {
      const float = literal.kind === 'number' ? literal.value.float : undefined;
      return float ?? unexpected('float', literal);
    },
  },
  dict: {
    ...object('map[string]interface {}', (value) => value instanceof Map && !(value instanceof StringMap)),
    nil: () => new NilDict(),
  },
  list: {
    ...object('[]interface {}', (value) => value instanceof List && value.element === 'interface {}'),
    nil: () => new List([], 'interface {}', true),
  },
  time: object('time.Time', (value) => value instanceof Time),
  certificate: object('sprig.certificate', (value) => value instanceof Certificate),
};

function simple(goName: 'string' | 'bool'): Param {
  const type = goName === 'string' ? 'string' : 'boolean';
  return {
    goName,
    accept: (value) => (typeof value === type ? value : wrongType(goName, value)),
    read: (literal) => (literal.kind === goName ? literal.value : unexpected(goName, literal)),
  };
}

function integer(goName: string, convert: (value: bigint) => unknown): Param {
  return {
    goName,
    accept(value) {
      return value instanceof Int && value.type.name === goName
        ? convert(value.value)
        : wrongType(goName, value);
    },
    read(literal) {
      const value = literal.kind === 'number' ? literal.value.integer : undefined;
      return value === undefined ? unexpected('integer', literal) : convert(value);
    },
  };
}

/** A type that has no literals. */
function object(goName: string, isOne: (value: Value) => boolean): Param {
  return {
    goName,
    accept: (value) => (isOne(value) ? value : wrongType(goName, value)),
    read: (literal) => unexpected(goName, literal),
  };
}

function wrongType(goName: string, value: Value): never {
  if (value === undefined) throw new Error(`invalid value; expected ${goName}`);
  throw new Error(`wrong type for value; expected ${goName}; got ${typeName(value)}`);
}

function unexpected(wanted: string, literal: TypedLiteral): never {
  const text = literal.kind === 'number' ? literal.value.text : JSON.stringify(literal.value);
  throw new Error(`expected ${wanted}; found ${text}`);
}
