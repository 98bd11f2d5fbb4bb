import { parseGoDuration } from '../go/duration.js';
import type { ConfigNode } from './node.js';
import type { Problems } from './problems.js';
import { checked, converted, describe, type Schema } from './schema.js';
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

export const weakText: Schema<string> = scalarOf('a text', (value) =>
  typeof value === 'boolean' ? (value ? '1' : '0') : String(value),
);
export const weakBool: Schema<boolean> = scalarOf('true or false', (value) => {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return value !== 0;
  if (value === '') return false;
  if (/^(1|t|T|TRUE|true|True)$/.test(value)) return true;
  return /^(0|f|F|FALSE|false|False)$/.test(value) ? false : undefined;
});
export const weakFloat: Schema<number> = scalarOf('a number', weakNumber);
export const weakInt: Schema<number> = scalarOf('a whole number', (value) => {
  const number = weakNumber(value);
  return number === undefined ? undefined : Math.trunc(number);
});

/** A whole number that may not be negative. */
export const weakUint: Schema<number> = checked(weakInt, (value) =>
  value < 0 ? 'may not be negative' : undefined,
);

/** A list; one value stands for a list of one, an empty map for an empty list. */
export function weakList<T>(item: Schema<T>): Schema<T[]> {
  return {
    decode(node, problems) {
      if (node.shape === 'list') return node.items().map((each) => item.decode(each, problems));
      if (node.shape === 'map' && node.pairs(problems).length === 0) return [];
      return [item.decode(node, problems)];
    },
  };
}

/** A Go duration written as a text; in milliseconds. */
export const stageDuration: Schema<number> = converted(stageText, parseGoDuration);
export const weakDuration: Schema<number> = converted(weakText, parseGoDuration);

function weakNumber(value: string | number | boolean): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value === '') return 0;
  if (/^[-+]?0[0-7]+$/.test(value)) return Number.parseInt(value.replace(/^([-+]?)0+/, '$1') || '0', 8);
  return /^[-+]?(0x[0-9a-f]+|0b[01]+|0o[0-7]+|[0-9]*\.?[0-9]+([eE][-+]?[0-9]+)?)$/i.test(value)
    ? Number(value)
    : undefined;
}

function scalarOf<T>(expected: string, read: (value: string | number | boolean) => T | undefined): Schema<T> {
  return {
    decode(node: ConfigNode, problems: Problems): T {
      const value = node.shape === 'scalar' ? read(resolveScalar(node)) : undefined;
      if (value === undefined) problems.add(node, `expected ${expected}, not ${describe(node)}`);
      return value as T;
    },
  };
}
