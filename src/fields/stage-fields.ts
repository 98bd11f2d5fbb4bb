import { parseGoDuration } from '../go/duration.js';
import { formatGoFloat, parseGoFloat, parseGoInt } from '../go/strconv.js';
import { readByteSize } from './byte-size.js';
import type { ConfigNode } from './node.js';
import type { Problems } from './problems.js';
import { checked, converted, describe, listOf, mapOf, orNull, type Schema } from './schema.js';
import { resolveScalar } from './yaml-scalar.js';

/**
 * The values of stage bodies. Promtail decodes those from what YAML 1.1 made of them, with one of two decoders (stages.md
 * 2.4): the strict one, where a string wants a string, and the weak one, which turns scalars into each other.
 */

export const stageText: Schema<string> = scalarOf('a text', (value) =>
  typeof value === 'string' ? value : undefined,
);
export const stageBool: Schema<boolean> = scalarOf('true or false', (value) =>
  typeof value === 'boolean' ? value : undefined,
);
export const stageFloat: Schema<number> = scalarOf('a number', (value) =>
  typeof value === 'number' ? value : undefined,
);
export const stageInt: Schema<number> = scalarOf('a whole number', (value) =>
  typeof value === 'number' ? Math.trunc(value) : undefined,
);

export const weakText: Schema<string> = scalarOf('a text', (value) => {
  if (typeof value === 'boolean') return value ? '1' : '0';
  return typeof value === 'number' ? formatGoFloat(value) : value;
});
export const weakBool: Schema<boolean> = scalarOf('true or false', (value) => {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return value !== 0;
  if (value === '') return false;
  if (/^(1|t|T|TRUE|true|True)$/.test(value)) return true;
  return /^(0|f|F|FALSE|false|False)$/.test(value) ? false : undefined;
});
export const weakFloat: Schema<number> = scalarOf('a number', (value) =>
  typeof value === 'string' ? parseGoFloat(value || '0') : Number(value),
);
export const weakInt: Schema<number> = scalarOf('a whole number', (value) =>
  typeof value === 'string' ? parseWhole(value) : Math.trunc(Number(value)),
);

/** A whole number without a sign. A negative number stands for the largest there is, as Promtail's wraps around. */
export const weakUint: Schema<number> = scalarOf('a whole number', (value) => {
  const number = typeof value === 'string' ? parseWhole(value) : Math.trunc(Number(value));
  if (number === undefined || number >= 0) return number;
  return typeof value === 'string' ? undefined : Number.POSITIVE_INFINITY;
});

/** A map with free keys, which have to be texts: `y` and `1` are none unless they are quoted. */
export function stageMap<T>(
  schema: Schema<T>,
  checkKey?: (key: string) => string | undefined,
): Schema<Map<string, T>> {
  return mapOf(schema, (key, keyNode) => {
    const hint = quotesHint(resolveScalar(keyNode));
    return hint === '' ? checkKey?.(key) : `expected a text as key, not ${JSON.stringify(key)}${hint}`;
  });
}

/** A list in which null stands for `zero`, as for Promtail's decoder. */
export function stageList<T>(item: Schema<T>, zero: T): Schema<T[]> {
  const orZero = orNull(item);
  return listOf({ ...item, decode: (node, problems) => orZero.decode(node, problems) ?? zero });
}

/** A list; one value stands for a list of one, an empty map for an empty list. */
export function weakList<T>(item: Schema<T>, zero: T): Schema<T[]> {
  return {
    decode(node, problems) {
      if (node.shape === 'list') return stageList(item, zero).decode(node, problems);
      if (node.shape === 'map' && node.pairs(problems).length === 0) return [];
      return [item.decode(node, problems)];
    },
  };
}

/** The body of a stage without options: whatever stands there is ignored. */
export const ignored: Schema<undefined> = { decode: () => undefined };

/** One of a few words, in any case. */
export function stageWord<const W extends string>(...words: readonly W[]): Schema<W> {
  return converted(stageText, (value) => {
    const word = words.find((each) => each === value.toLowerCase());
    if (word === undefined)
      throw new Error(`expected one of ${words.join(', ')}, not ${JSON.stringify(value)}`);
    return word;
  });
}

/** A text or list with something in it. */
export function nonEmpty<T extends { readonly length: number }>(schema: Schema<T>): Schema<T> {
  return checked(schema, (value) => (value.length === 0 ? 'may not be empty' : undefined));
}

/** A Go duration written as a text; in milliseconds. */
export const stageDuration: Schema<number> = converted(stageText, parseGoDuration);
export const weakDuration: Schema<number> = converted(weakText, parseGoDuration);
/** In bytes: `1kb`, `2048`. */
export const weakByteSize: Schema<number> = converted(weakText, readByteSize);

function parseWhole(text: string): number | undefined {
  const value = parseGoInt(text || '0', 0);
  return value === undefined ? undefined : Number(value);
}

function scalarOf<T>(expected: string, read: (value: string | number | boolean) => T | undefined): Schema<T> {
  return {
    decode(node: ConfigNode, problems: Problems): T {
      const scalar = node.shape === 'scalar' ? resolveScalar(node) : undefined;
      const value = scalar === undefined ? undefined : read(scalar);
      const hint = expected === 'a text' ? quotesHint(scalar) : '';
      if (value === undefined) problems.add(node, `expected ${expected}, not ${describe(node)}${hint}`);
      return value as T;
    },
  };
}

/** Few know that `n` and `on` are booleans in YAML 1.1. */
function quotesHint(scalar: string | number | boolean | undefined): string {
  if (scalar === undefined || typeof scalar === 'string') return '';
  return `, a ${typeof scalar} in YAML 1.1: put it in quotes`;
}
