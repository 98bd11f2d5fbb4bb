import { compareBytes } from '../../compare-bytes.js';
import { encodeStandardJson } from '../../json/encode.js';
import { hasOddEscape } from '../../json/parse.js';
import { readJson } from '../../json/reader.js';
import { compileTimeFormat } from '../../time/format-time.js';
import { rfc3339Nano } from '../../time/layouts.js';
import { Time } from '../time-value.js';
import { Complex, type Dict, GoObject, Int, List, NilDict, type Value } from '../values.js';
import { Certificate } from './certificate.js';

/** A value as JSON, with HTML's special characters escaped. Throws for what has none. */
export function jsonText(value: Value): string {
  return encode(value);
}

/** The same with nothing escaped for HTML's sake. */
export function rawJsonText(value: Value): string {
  return encode(value).replace(
    /(?<!\\)((?:\\\\)*)\\u00(3c|3e|26)/g,
    (_, slashes: string, code: string) => slashes + String.fromCharCode(Number.parseInt(code, 16)),
  );
}

/** The same over several lines, indented by two. */
export function prettyJsonText(value: Value): string {
  return encode(value, '\n');
}

export interface ReadJson {
  readonly value: Value;
  /** What was wrong; the value is then what could be read. */
  readonly problem?: string;
}

/** A JSON text as Go reads it into an interface: objects as dicts, every number a float64. */
export function parseJsonValue(text: string): ReadJson {
  const wellFormed = text.toWellFormed();
  try {
    let problem: string | undefined;
    const value = toValue(parse(wellFormed), (number) => {
      problem = `number ${number} is out of range`;
    });
    return problem === undefined ? { value } : { value, problem };
  } catch (error) {
    return { value: null, problem: (error as Error).message };
  }
}

function parse(text: string): unknown {
  const value: unknown = JSON.parse(text);
  // The engine may misread escapes in keys, and keeps surrogates that stand alone.
  return hasOddEscape(text) ? (readJson(`{"":${text}}`)?.[''] ?? null) : value;
}

function toValue(json: unknown, onRangeError: (number: number) => void): Value {
  if (Array.isArray(json)) return new List(json.map((item) => toValue(item, onRangeError)));
  if (typeof json === 'number' && !Number.isFinite(json)) {
    onRangeError(json);
    return null;
  }
  if (typeof json !== 'object' || json === null) return json as Value;
  return new Map(Object.entries(json).map(([key, value]) => [key, toValue(value, onRangeError)]));
}

/** `newline` is the line break with the indentation of the value, or undefined for a single line. */
function encode(value: Value, newline?: string): string {
  if (value === undefined || value === null || value instanceof NilDict) return 'null';
  if (value instanceof Int) return String(value.value);
  if (value instanceof List) return value.isNil ? 'null' : encodeList(value, newline);
  if (value instanceof Map) return encodeMap(value as Dict, newline);
  if (value instanceof GoObject) return encodeObject(value, newline);
  if (value instanceof Complex) throw new Error('a complex number has no JSON text');
  return encodeStandardJson(value as string | number | boolean);
}

function encodeList(list: List, newline: string | undefined): string {
  if (list.items.length === 0) return '[]';
  const inner = newline === undefined ? undefined : `${newline}  `;
  return enclosed(
    '[',
    list.items.map((item) => encode(item, inner)),
    ']',
    newline,
  );
}

function encodeMap(map: Dict, newline: string | undefined): string {
  if (map.size === 0) return '{}';
  const inner = newline === undefined ? undefined : `${newline}  `;
  const colon = newline === undefined ? ':' : ': ';
  const entries = [...map.keys()]
    .sort(compareBytes)
    .map((key) => encodeStandardJson(key) + colon + encode(map.get(key), inner));
  return enclosed('{', entries, '}', newline);
}

function enclosed(open: string, parts: string[], close: string, newline: string | undefined): string {
  if (newline === undefined) return open + parts.join(',') + close;
  return `${open}${newline}  ${parts.join(`,${newline}  `)}${newline}${close}`;
}

function encodeObject(value: GoObject, newline: string | undefined): string {
  if (value instanceof Time) return encodeStandardJson(timeText(value));
  if (value instanceof Certificate)
    return encodeMap(
      new Map([
        ['Cert', value.cert],
        ['Key', value.key],
      ]),
      newline,
    );
  return encodeStandardJson(value.toString());
}

const timeText = compileTimeFormat(rfc3339Nano);
