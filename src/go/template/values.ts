/**
 * A value as templates see it. Go's types are told apart where templates can tell: a string, bool or float64 is the
 * JavaScript one, integers are an `Int`, a `map[string]interface {}` is a Map.
 *
 * `undefined` is no value at all (a key that is missing), `null` is a nil.
 */
export type Value =
  | undefined
  | null
  | boolean
  | number
  | string
  | Int
  | Complex
  | List
  | ReadonlyMap<string, Value>
  | GoObject;

/** A function of templates, or a method of a value: `call` gets its arguments as the parameters say. */
export interface GoFunction {
  readonly params: readonly ParamName[];
  /** The type of any number of further arguments. */
  readonly rest?: ParamName;
  readonly call: (...args: never[]) => Value;
}

/** The Go types of parameters; `ParamTypes` says what a function gets for them. */
export type ParamName =
  | 'any'
  | 'value'
  | 'string'
  | 'bool'
  | 'int'
  | 'uint32'
  | 'float64'
  | 'duration'
  | 'dict'
  | 'list'
  | 'time'
  | 'certificate';

/** An integer type: Go's own, or one such as time.Duration that prints itself and has methods. */
export interface IntType {
  readonly name: string;
  readonly kind: string;
  readonly isUnsigned: boolean;
  readonly toText?: (value: bigint) => string;
  readonly methods?: Readonly<Record<string, (value: bigint) => GoFunction>>;
}

export class Int {
  readonly value: bigint;
  readonly type: IntType;

  constructor(value: bigint, type: IntType) {
    this.value = value;
    this.type = type;
  }

  toString(): string {
    return this.type.toText === undefined ? String(this.value) : this.type.toText(this.value);
  }
}

const intType: IntType = { name: 'int', kind: 'int', isUnsigned: false };
const int64Type: IntType = { name: 'int64', kind: 'int64', isUnsigned: false };
const byteType: IntType = { name: 'uint8', kind: 'uint8', isUnsigned: true };
const uint64Type: IntType = { name: 'uint64', kind: 'uint64', isUnsigned: true };

/** A Go `int`. */
export function int(value: bigint | number): Int {
  return new Int(BigInt.asIntN(64, BigInt(value)), intType);
}

/** A Go `int64`; sums and products wrap as Go's do. */
export function int64(value: bigint | number): Int {
  return new Int(BigInt.asIntN(64, BigInt(value)), int64Type);
}

export function byte(value: number): Int {
  return new Int(BigInt(value), byteType);
}

export function uint64(value: bigint): Int {
  return new Int(value, uint64Type);
}

/** A Go `complex128`. */
export class Complex {
  readonly real: number;
  readonly imaginary: number;

  constructor(real: number, imaginary: number) {
    this.real = real;
    this.imaginary = imaginary;
  }
}

/** A Go slice: what its elements are makes a difference to functions that want a certain one. */
export class List {
  readonly items: readonly Value[];
  readonly element: ElementType;
  /** A nil slice is empty like any other, but is null in JSON. */
  readonly isNil: boolean;

  constructor(items: readonly Value[], element: ElementType = 'interface {}', isNil = false) {
    this.items = items;
    this.element = element;
    this.isNil = isNil;
  }
}

export type ElementType = 'interface {}' | 'string' | 'int' | '[]interface {}';

export function strings(items: readonly string[]): List {
  return new List(items, 'string');
}

export type Dict = Map<string, Value>;

/** A Go `map[string]string`, which no function takes that wants a `map[string]interface {}`. */
export class StringMap extends Map<string, string> {}

/** A nil map: reading finds nothing, writing is an error. */
export class NilDict extends Map<string, Value> {
  override set(): never {
    throw new Error('assignment to entry in nil map');
  }
}

/** A struct, or a pointer to one. */
export abstract class GoObject {
  abstract readonly typeName: string;
  abstract readonly kind: 'struct' | 'ptr';
  /** How it prints itself. */
  abstract toString(): string;

  field(_name: string): Value {
    return undefined;
  }

  method(_name: string): GoFunction | undefined {
    return undefined;
  }
}

/** What `%T` prints. */
export function typeName(value: Value): string {
  if (value === undefined || value === null) return '<nil>';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return 'float64';
  if (value instanceof Int) return value.type.name;
  if (value instanceof Complex) return 'complex128';
  if (value instanceof List) return `[]${value.element}`;
  if (value instanceof GoObject) return value.typeName;
  return value instanceof StringMap ? 'map[string]string' : 'map[string]interface {}';
}

/** What reflect calls the kind of a value. */
export function kindName(value: Value): string {
  if (value === undefined || value === null) return 'invalid';
  if (value instanceof Int) return value.type.kind;
  if (value instanceof List) return 'slice';
  if (value instanceof Map) return 'map';
  return value instanceof GoObject ? value.kind : typeName(value);
}
