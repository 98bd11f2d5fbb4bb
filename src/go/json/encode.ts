import { compareBytes } from '../compare-bytes.js';
import { isObject, type JsonObject, type JsonValue, nilObject } from './value.js';

/**
 * A value as JSON text, as Promtail prints it (json-iterator's defaults), but with the keys of an object in byte
 * order, where Promtail leaves the order to chance. Throws on a number that JSON cannot express.
 */
export function encodeJson(value: JsonValue): string {
  return encode(value, iteratorDialect);
}

/** A value as Go's own encoding/json prints it; it differs in small exponents, \b and \f. */
export function encodeStandardJson(value: JsonValue): string {
  return encode(value, standardDialect);
}

/** A string as JSON text, quotes included; bytes that are not valid UTF-8 become \ufffd. */
export function encodeJsonString(text: string): string {
  return iteratorDialect.string(text);
}

/** A value, such as the number NaN, that has no JSON text. */
export class UnencodableError extends Error {
  override name = 'UnencodableError';
}

interface Dialect {
  string(text: string): string;
  number(value: number): string;
}

const iteratorDialect: Dialect = {
  string: (text) => quote(text, (character) => shortEscapes[character] ?? longEscape(character)),
  // Go writes at least two digits of exponent.
  number: (value) => encodeNumber(value).replace(/e([+-])(\d)$/, 'e$10$2'),
};

const standardDialect: Dialect = {
  string: (text) =>
    quote(text, (character) => shortEscapes[character] ?? rareEscapes[character] ?? longEscape(character)),
  // encoding/json takes the zero of a negative exponent away again; a positive one is 21 at least.
  number: encodeNumber,
};

/** Go and JavaScript agree on the shortest digits, and on where exponents start (below 1e-6, from 1e21). */
function encodeNumber(value: number): string {
  if (!Number.isFinite(value)) throw new UnencodableError(`${value} cannot be written as JSON`);
  return Object.is(value, -0) ? '-0' : String(value);
}

interface Open {
  readonly container: JsonObject | JsonValue[];
  readonly keys: readonly string[] | undefined;
  next: number;
}

/** Not recursive, as a document may nest 10000 levels deep. */
function encode(value: JsonValue, dialect: Dialect): string {
  let text = '';
  const around: Open[] = [];
  let current: JsonValue = value;
  for (;;) {
    if (Array.isArray(current)) {
      text += '[';
      around.push({ container: current, keys: undefined, next: 0 });
    } else if (isObject(current) && current !== nilObject) {
      text += '{';
      around.push({ container: current, keys: Object.keys(current).sort(compareBytes), next: 0 });
    } else {
      text += encodeScalar(current, dialect);
    }
    let open = around.at(-1);
    while (open !== undefined && open.next === (open.keys ?? (open.container as JsonValue[])).length) {
      text += open.keys === undefined ? ']' : '}';
      around.pop();
      open = around.at(-1);
    }
    if (open === undefined) return text;
    text += open.next === 0 ? '' : ',';
    if (open.keys === undefined) {
      current = (open.container as JsonValue[])[open.next]!;
    } else {
      const key = open.keys[open.next]!;
      text += `${dialect.string(key)}:`;
      current = (open.container as JsonObject)[key]!;
    }
    open.next++;
  }
}

function encodeScalar(value: JsonValue, dialect: Dialect): string {
  switch (typeof value) {
    case 'string':
      return dialect.string(value);
    case 'number':
      return dialect.number(value);
    case 'boolean':
      return String(value);
    default:
      return 'null';
  }
}

function quote(text: string, escapeOf: (character: string) => string): string {
  return needsEscape.test(text) ? `"${text.replace(escapable, escapeOf)}"` : `"${text}"`;
}

/** Control characters, JSON's and HTML's special ones, line separators, and bytes that are not UTF-8. */
const needsEscape = /[\0-\x1f"\\<>&\u2028\u2029\ud800-\udfff]/u;
const escapable = new RegExp(needsEscape, 'gu');

const shortEscapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};
const rareEscapes: Readonly<Record<string, string>> = { '\b': '\\b', '\f': '\\f' };

function longEscape(character: string): string {
  const code = character.charCodeAt(0);
  return code >= 0xd800 && code <= 0xdfff ? '\\ufffd' : `\\u${code.toString(16).padStart(4, '0')}`;
}
