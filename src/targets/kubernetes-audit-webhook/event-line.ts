import { Buffer } from 'node:buffer';
import { skipBlanks, skipValue } from '../../go/json/skip.js';
import { utc } from '../../go/time/location.js';
import { readRfc3339 } from '../../go/time/rfc3339.js';

const quote = 0x22;
const backslash = 0x5c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const newline = Buffer.from('\n');
const comma = Buffer.from(',');
const nothing = Buffer.alloc(0);

/** No event of Kubernetes nests a tenth as deep; JSON.parse takes memory for each level. */
const maxDepth = 1000;

/**
 * The line that the API server would have written to its log for this item of a list: the same bytes with kind and version in front, which
 * the items of a list lack. A newline follows it, which is not part of it. Undefined when the item is no JSON object.
 */
export function lineOf(item: Buffer, apiVersion: string): Buffer | undefined {
  if (item[0] !== openBrace) return undefined;
  const compact = item.includes(0x0a) || item.includes(0x0d) ? withoutBlanks(item) : item;
  const line = Buffer.concat([...typed(compact, apiVersion), newline]);
  return isJson(line, line.length - 1) ? line : undefined;
}

/** What the event itself says when it happened; undefined when it does not. */
export function timeOf(line: Buffer): { readonly seconds: number; readonly nanos: number } | undefined {
  // Both stand behind all that clients can make up, but for annotations, in whose texts quotes are escaped.
  for (const key of ['"stageTimestamp":"', '"requestReceivedTimestamp":"']) {
    const at = line.lastIndexOf(key, undefined, 'latin1');
    if (at < 0) continue;
    const start = at + key.length;
    const time = readRfc3339(line.toString('latin1', start, line.indexOf(quote, start)), utc);
    if (time !== undefined) return time;
  }
  return undefined;
}

/** The parts of the object with its type in front, unless it has it. */
function typed(object: Buffer, apiVersion: string): Buffer[] {
  if (object.indexOf('{"kind":', 0, 'latin1') === 0) return [object];
  const rest = object.subarray(1);
  const isEmpty = rest.find((byte) => byte > 0x20) === closeBrace;
  return [Buffer.from(`{"kind":"Event","apiVersion":"${apiVersion}"`), isEmpty ? nothing : comma, rest];
}

/** Go writes no blanks between the parts; what does would make several lines of one event. */
function withoutBlanks(json: Buffer): Buffer {
  const compact = Buffer.allocUnsafe(json.length);
  let length = 0;
  let isInString = false;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at]!;
    if (isInString && byte === backslash) compact[length++] = json[at++]!;
    else if (byte === quote) isInString = !isInString;
    else if (!isInString && byte <= 0x20) continue;
    compact[length++] = json[at]!;
  }
  return compact.subarray(0, length);
}

function isJson(line: Buffer, end: number): boolean {
  const view = new DataView(line.buffer, line.byteOffset, line.length);
  const after = skipValue(view, 0, end);
  if (after >= 0) return skipBlanks(view, after, end) === end;
  // Not the plain JSON on which all readers agree: numbers with exponents, above all.
  if (depthOf(line) > maxDepth) return false;
  try {
    JSON.parse(line.toString('utf8'));
    return true;
  } catch {
    return false;
  }
}

function depthOf(json: Buffer): number {
  let depth = 0;
  let deepest = 0;
  let isInString = false;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at]!;
    if (byte === quote) isInString = !isInString;
    else if (isInString && byte === backslash) at++;
    else if (isInString) continue;
    else if (byte === openBrace || byte === openBracket) deepest = Math.max(deepest, ++depth);
    else if (byte === closeBrace || byte === closeBracket) depth--;
  }
  return deepest;
}
