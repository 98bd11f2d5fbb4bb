import type { ConfigNode } from './node.js';
import { Problems } from './problems.js';

/**
 * What YAML 1.1 makes of a scalar, as Go's yaml.v2 resolves it for fields without a type of their own (stage bodies):
 * quoted ones are strings, plain ones may be booleans or numbers. Integers beyond 64 bits become floats.
 */
export function resolveScalar(node: ConfigNode): string | number | boolean {
  const { text } = node;
  if (node.isQuoted) return text;
  return asBool(text) ?? asNumber(text) ?? text;
}

/** The whole value as Go would show it again: maps, lists and resolved scalars. */
export function plainValue(node: ConfigNode): unknown {
  switch (node.shape) {
    case 'map':
      return Object.fromEntries(
        node.pairs(new Problems('')).map(({ key, value }) => [key, plainValue(value)]),
      );
    case 'list':
      return node.items().map(plainValue);
    case 'scalar':
      return resolveScalar(node);
    case 'null':
      return null;
  }
}

/** `y yes on true` and their opposites in the usual three casings; undefined for anything else. */
export function asBool(text: string): boolean | undefined {
  if (/^(y|Y|yes|Yes|YES|on|On|ON|true|True|TRUE)$/.test(text)) return true;
  if (/^(n|N|no|No|NO|off|Off|OFF|false|False|FALSE)$/.test(text)) return false;
  return undefined;
}

/** `1 -1 1_000 0x1F 0b101 0777 0o777 .5 1e3 .inf .nan`; undefined for anything else. */
export function asNumber(text: string): number | undefined {
  const special = /^([-+]?)\.(inf|Inf|INF)$/.exec(text);
  if (special !== null) return special[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (/^\.(nan|NaN|NAN)$/.test(text)) return Number.NaN;
  if (!/^[-+]?(\.?[0-9])/.test(text)) return undefined;
  const plain = text.replaceAll('_', '');
  return asInteger(plain) ?? asFloat(plain);
}

/** True when yaml.v2 makes an integer of `text`, not a float or a string. */
export function isIntegerText(text: string): boolean {
  const value = asInteger(text.replaceAll('_', ''));
  return value !== undefined && Math.abs(value) < 2 ** 64;
}

function asInteger(plain: string): number | undefined {
  const match = /^([-+]?)(?:0x([0-9a-fA-F]+)|0b([01]+)|0o?([0-7]+)|(0|[1-9][0-9]*))$/.exec(plain);
  if (match === null) return undefined;
  const [, sign, hex, binary, octal, decimal] = match;
  const size =
    hex !== undefined
      ? Number.parseInt(hex, 16)
      : binary !== undefined
        ? Number.parseInt(binary, 2)
        : octal !== undefined
          ? Number.parseInt(octal, 8)
          : Number(decimal);
  return sign === '-' ? -size : size;
}

function asFloat(plain: string): number | undefined {
  if (!/^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/.test(plain)) return undefined;
  const value = Number(plain);
  return Number.isFinite(value) ? value : undefined;
}
