import { nearest } from './nearest.js';
import { type ConfigNode, emptyNode } from './node.js';
import type { Problems } from './problems.js';

/**
 * How one value is written in YAML: `decode` reads it, `print` gives what the effective config shows. When `decode` has
 * reported a problem its result is not to be used; it never throws for bad input.
 */
export interface Schema<T> {
  decode(node: ConfigNode, problems: Problems): T;
  print?(value: T): unknown;
}

/** A key of a map with what it is when it is absent or null. */
export interface Field<T> extends Schema<T> {
  absent(parent: ConfigNode, key: string, problems: Problems): T;
}

export type Fields = Readonly<Record<string, Field<unknown>>>;
export type Decoded<F extends Fields> = { [K in keyof F]: F[K] extends Field<infer T> ? T : never };
/** What a schema decodes to. */
export type Value<S> = S extends Schema<infer T> ? T : never;

export interface StructSchema<F extends Fields> extends Schema<Decoded<F>> {
  readonly fields: F;
}

export function required<T>(schema: Schema<T>): Field<T> {
  return {
    ...schema,
    absent(parent, key, problems) {
      problems.addAt(parent.offset, parent.path, `'${key}' is required`);
      return undefined as T;
    },
  };
}

export function optional<T>(schema: Schema<T>): Field<T | undefined> {
  return {
    decode: schema.decode,
    print: (value) => (value === undefined ? undefined : printValue(schema, value)),
    absent: () => undefined,
  };
}

export function withDefault<T>(schema: Schema<T>, value: T): Field<T> {
  return { ...schema, absent: () => value };
}

/** An absent block is the same as an empty one: all its defaults. */
export function block<T>(schema: Schema<T>): Field<T> {
  return {
    ...schema,
    absent: (parent, key, problems) => schema.decode(emptyNode(childPath(parent, key)), problems),
  };
}

/** A map with known keys. Unknown ones are refused, as by Promtail, with the nearest known one named. */
export function struct<F extends Fields>(fields: F): StructSchema<F> {
  return structOf(fields, { fold: false, unknown: 'refuse' });
}

/** A stage's body: keys in any case, unknown ones ignored (Promtail does so silently; here with a warning). */
export function stageStruct<F extends Fields>(fields: F): StructSchema<F> {
  return structOf(fields, { fold: true, unknown: 'warn' });
}

export function listOf<T>(schema: Schema<T>): Schema<T[]> {
  return {
    decode(node, problems) {
      if (node.shape === 'list') return node.items().map((item) => schema.decode(item, problems));
      if (node.shape !== 'null') problems.add(node, `expected a list, not ${describe(node)}`);
      return [];
    },
    print: (values) => values.map((value) => printValue(schema, value)),
  };
}

/** The value, or undefined where null stands: an item of a map that is named only. */
export function orNull<T>(schema: Schema<T>): Schema<T | undefined> {
  return {
    decode: (node, problems) => (node.isNull ? undefined : schema.decode(node, problems)),
    print: (value) => (value === undefined ? null : printValue(schema, value)),
  };
}

/** A map with free keys, in the order they are written. */
export function mapOf<T>(
  schema: Schema<T>,
  checkKey?: (key: string, keyNode: ConfigNode) => string | undefined,
): Schema<Map<string, T>> {
  return {
    decode(node, problems) {
      const map = new Map<string, T>();
      if (node.shape !== 'map' && node.shape !== 'null')
        problems.add(node, `expected a map, not ${describe(node)}`);
      for (const { key, keyNode, keyOffset, value } of node.pairs(problems)) {
        const wrong = checkKey?.(key, keyNode);
        if (wrong !== undefined) problems.addAt(keyOffset, value.path, wrong);
        map.set(key, schema.decode(value, problems));
      }
      return map;
    },
    print: (map) => Object.fromEntries([...map].map(([key, value]) => [key, printValue(schema, value)])),
  };
}

/** Adds a rule over the whole value: `check` returns what is wrong, or nothing. Not asked when the parts are already wrong. */
export function checked<T>(schema: Schema<T>, check: (value: T) => string | undefined): Schema<T> {
  return {
    ...schema,
    decode(node, problems) {
      const before = problems.errors.length;
      const value = schema.decode(node, problems);
      const wrong = problems.errors.length === before ? check(value) : undefined;
      if (wrong !== undefined) problems.add(node, wrong);
      return value;
    },
  };
}

/** The value turned into what the program works with; `convert` throws an Error whose message tells what is wrong. */
export function converted<T, U>(
  schema: Schema<T>,
  convert: (value: T) => U,
  print?: (value: U) => unknown,
): Schema<U> {
  return {
    decode(node, problems) {
      const before = problems.errors.length;
      const value = schema.decode(node, problems);
      if (problems.errors.length > before) return undefined as U;
      try {
        return convert(value);
      } catch (error) {
        problems.add(node, (error as Error).message);
        return undefined as U;
      }
    },
    ...(print === undefined ? {} : { print }),
  };
}

/** A schema that is built when it is first used: for kinds that nest. */
export function lazily<T>(make: () => Schema<T>): Schema<T> {
  let schema: Schema<T> | undefined;
  const get = () => {
    schema ??= make();
    return schema;
  };
  return {
    decode: (node, problems) => get().decode(node, problems),
    print: (value) => printValue(get(), value),
  };
}

/** A key whose feature does not exist here. Refused by name, never parsed and ignored. */
export function unsupported(reason: string): Field<undefined> {
  return {
    decode(node, problems) {
      problems.add(node, `not supported: ${reason}`);
      return undefined;
    },
    absent: () => undefined,
  };
}

/** The value as the effective config shows it. */
export function printValue<T>(schema: Schema<T>, value: T): unknown {
  return schema.print === undefined ? value : schema.print(value);
}

export function describe(node: ConfigNode): string {
  return node.shape === 'scalar'
    ? JSON.stringify(node.text)
    : node.shape === 'null'
      ? 'nothing'
      : `a ${node.shape}`;
}

function structOf<F extends Fields>(
  fields: F,
  mode: { fold: boolean; unknown: 'refuse' | 'warn' },
): StructSchema<F> {
  const names = Object.keys(fields);
  const folded = new Map(names.map((name) => [name.toLowerCase(), name]));
  const nameOf = (key: string) =>
    mode.fold ? folded.get(key.toLowerCase()) : names.includes(key) ? key : undefined;

  return {
    fields,
    decode(node, problems) {
      if (node.shape !== 'map' && node.shape !== 'null')
        problems.add(node, `expected a map, not ${describe(node)}`);
      const given = new Map<string, ConfigNode>();
      for (const { key, keyOffset, value } of node.pairs(problems)) {
        const name = nameOf(key);
        if (name !== undefined) {
          given.set(name, value);
          continue;
        }
        const near = nearest(key, names);
        const message = `unknown key '${key}'${near === undefined ? '' : `, did you mean '${near}'?`}`;
        if (mode.unknown === 'refuse') problems.addAt(keyOffset, node.path, message);
        else problems.warn(keyOffset, node.path, `${message} (ignored)`);
      }
      const decoded: Record<string, unknown> = {};
      for (const name of names) {
        const field = fields[name]!;
        const value = given.get(name);
        decoded[name] =
          value === undefined || value.isNull
            ? field.absent(node, name, problems)
            : field.decode(value, problems);
      }
      return decoded as Decoded<F>;
    },
    print: (value) =>
      Object.fromEntries(
        names.map((name) => [name, printValue(fields[name]!, (value as Record<string, unknown>)[name])]),
      ),
  };
}

function childPath(parent: ConfigNode, key: string): string {
  return parent.path === '' ? key : `${parent.path}.${key}`;
}
