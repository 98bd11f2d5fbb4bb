import { compareBytes } from '../../compare-bytes.js';
import { Complex, GoObject, Int, List, NilDict, typeName, type Value } from '../values.js';
import { formatFloat } from './format-float.js';
import { formatInteger } from './format-integer.js';
import { formatString } from './format-string.js';
import { pad, plainVerb, type Verb } from './verb.js';

export { plainVerb };

/** Writes a value as the verb says; for a verb that does not fit its type, what Go writes instead. */
export function formatValue(value: Value, verb: Verb): string {
  if (value === undefined || value === null)
    return verb.letter === 'v' ? pad('<nil>', verb) : badVerb(value, verb);
  return formatPart(value, verb);
}

/** The same for what lies inside a list or a map, where a nil stays a nil. */
function formatPart(value: Value, verb: Verb): string {
  if (value === undefined || value === null) return verb.isGoSyntax ? 'interface {}(nil)' : '<nil>';
  if (value instanceof List) return formatList(value, verb);
  if (value instanceof Map) return formatMap(value, verb);
  return formatScalar(value, verb) ?? badVerb(value, verb);
}

/** Undefined when the verb does not fit. */
function formatScalar(value: Exclude<Value, null | undefined>, verb: Verb): string | undefined {
  if (typeof value === 'string') return formatString(value, verb);
  if (typeof value === 'boolean') return 'tv'.includes(verb.letter) ? pad(String(value), verb) : undefined;
  if (typeof value === 'number') return formatFloat(value, verb);
  if (value instanceof Complex) return formatComplex(value, verb);
  const printsItself = value instanceof GoObject || (value as Int).type.toText !== undefined;
  const isWritten = value instanceof GoObject || !verb.isGoSyntax;
  if (printsItself && isWritten && 'vsxXq'.includes(verb.letter))
    return formatString(value.toString(), { ...verb, isGoSyntax: false });
  return value instanceof Int ? formatInteger(value, verb) : undefined;
}

function badVerb(value: Value, verb: Verb): string {
  const what =
    value === undefined || value === null
      ? '<nil>'
      : `${typeName(value)}=${formatPart(value, { ...verb, letter: 'v' })}`;
  return `%!${verb.letter}(${what})`;
}

function formatList(list: List, verb: Verb): string {
  const items = list.items.map((item) => formatPart(item, verb));
  if (!verb.isGoSyntax) return `[${items.join(' ')}]`;
  return list.isNil ? `${typeName(list)}(nil)` : `${typeName(list)}{${items.join(', ')}}`;
}

function formatMap(map: ReadonlyMap<string, Value>, verb: Verb): string {
  if (verb.isGoSyntax && map instanceof NilDict) return `${typeName(map)}(nil)`;
  const entries = [...map.keys()]
    .sort(compareBytes)
    .map((key) => `${formatPart(key, verb)}:${formatPart(map.get(key), verb)}`);
  return verb.isGoSyntax ? `${typeName(map)}{${entries.join(', ')}}` : `map[${entries.join(' ')}]`;
}

function formatComplex(value: Complex, verb: Verb): string | undefined {
  const real = formatFloat(value.real, verb);
  const imaginary = formatFloat(value.imaginary, { ...verb, plus: true });
  return real === undefined || imaginary === undefined ? undefined : `(${real}${imaginary}i)`;
}
