import type { Buffer } from 'node:buffer';
import { Line } from '../../entry/line.js';
import { Metadata } from '../../entry/metadata.js';
import { decodeText } from '../../entry/text.js';
import { parseJson } from '../../go/json/parse.js';
import { fieldOf, isObject, type JsonValue } from '../../go/json/value.js';
import { fromNanoseconds } from '../nanoseconds.js';
import type { PushedEntry, PushedStream } from './pushed-stream.js';

/** The text is no push request. */
export class JsonPushError extends Error {
  override readonly name = 'JsonPushError';
}

/** Reads `{"streams": [{"stream": {…}, "values": [["<nanoseconds>", "<line>", {…}], …]}]}`. Throws a JsonPushError. */
export function readJsonPush(bytes: Buffer): PushedStream[] {
  const document = parseJson(decodeText(bytes));
  if (document === undefined) throw new JsonPushError('not a JSON object');
  return list(fieldOf(document, 'streams'), 'streams').map((stream) => {
    if (!isObject(stream)) throw new JsonPushError('a stream that is not an object');
    return {
      labels: pairsOf(fieldOf(stream, 'stream'), 'stream'),
      entries: list(fieldOf(stream, 'values'), 'values')
        .filter((value) => value !== null)
        .map(readEntry),
    };
  });
}

function readEntry(value: JsonValue): PushedEntry {
  // As in Promtail a value may be cut short: then it is an empty line, at the beginning of 1970.
  const [time = '0', line = '', metadata = null] = list(value, 'a value');
  if (typeof time !== 'string' || !/^-?\d{1,19}$/.test(time))
    throw new JsonPushError('a timestamp that is not a text of nanoseconds');
  if (typeof line !== 'string') throw new JsonPushError('a line that is not a text');
  const pairs = pairsOf(metadata, 'structured metadata');
  return {
    ...fromNanoseconds(BigInt(time)),
    line: Line.ofText(line),
    metadata: pairs.length === 0 ? undefined : Metadata.of(pairs),
  };
}

function pairsOf(value: JsonValue, what: string): [string, string][] {
  if (value === null) return [];
  if (!isObject(value)) throw new JsonPushError(`${what} that is not an object`);
  return Object.keys(value).map((name) => {
    const text = fieldOf(value, name);
    if (typeof text === 'object') throw new JsonPushError(`${what} with a value that is not a text`);
    return [name, String(text)];
  });
}

function list(value: JsonValue, what: string): JsonValue[] {
  if (value === null) return [];
  if (!Array.isArray(value)) throw new JsonPushError(`${what} that is not a list`);
  return value;
}
