import type { Buffer } from 'node:buffer';
import { gunzipSync, inflateSync } from 'node:zlib';
import { decodeText } from '../../entry/text.js';
import { encodeStandardJson } from '../../go/json/encode.js';
import { parseJson } from '../../go/json/parse.js';
import { fieldOf, type JsonObject, newObject } from '../../go/json/value.js';
import { GelfError } from './chunks.js';

/** A message as far as it is understood. */
export interface GelfMessage {
  readonly version: string;
  readonly host: string;
  readonly level: number;
  readonly facility: string;
  /** Seconds since 1970; 0 for none. */
  readonly timestamp: number;
  /** What it is sent as: its fields in a fixed order, those of its own behind. */
  readonly line: string;
  /** A field that is not of its type. Promtail drops such a message; here it is sent as it came. */
  readonly fault: string | undefined;
}

/** A small datagram may not unpack to something that fills the memory. */
const maxOutputLength = 16 * 1024 * 1024;

/** Reads a message, packed or not. Undefined for `null`; throws a GelfError. */
export function readGelf(bytes: Buffer): GelfMessage | undefined {
  const text = decodeText(unpack(bytes)).replace(/\0+$/, '');
  const fields = parseJson(text);
  if (fields === undefined) throw new GelfError('a message that is not a JSON object');
  if (text.trim() === 'null') return undefined;
  const faults: string[] = [];
  const typed = <T extends 'string' | 'number'>(
    name: string,
    type: T,
    absent: T extends 'string' ? string : number,
  ) => {
    if (!Object.hasOwn(fields, name)) return absent;
    const value = fieldOf(fields, name);
    if (typeof value === type) return value as typeof absent;
    faults.push(name);
    return absent;
  };
  const version = typed('version', 'string', '');
  const host = typed('host', 'string', '');
  const short = typed('short_message', 'string', '');
  const full = typed('full_message', 'string', '');
  const timestamp = typed('timestamp', 'number', 0);
  const level = Math.trunc(typed('level', 'number', 0));
  const facility = typed('facility', 'string', '');
  const [fault] = faults;
  const known = { version, host, short_message: short, full_message: full, timestamp, level, facility };
  const line = fault === undefined ? print(known, fields) : text;
  return { version, host, level, facility, timestamp, line, fault };
}

function unpack(bytes: Buffer): Buffer {
  const magic = bytes.length < 2 ? 0 : bytes.readUInt16BE(0);
  try {
    if (magic === 0x1f8b) return gunzipSync(bytes, { maxOutputLength });
    if (magic >> 8 === 0x78 && magic % 31 === 0) return inflateSync(bytes, { maxOutputLength });
  } catch (error) {
    throw new GelfError((error as Error).message);
  }
  return bytes;
}

/** These are left out when there is nothing in them. */
const omitted = new Set(['full_message', 'level', 'facility']);

function print(known: Readonly<Record<string, string | number>>, fields: JsonObject): string {
  const own = newObject();
  for (const name of Object.keys(fields)) if (name.startsWith('_')) own[name] = fields[name]!;
  const parts = Object.entries(known)
    .filter(([name, value]) => !omitted.has(name) || (value !== '' && value !== 0))
    .map(([name, value]) => `"${name}":${encodeStandardJson(value)}`);
  const rest = encodeStandardJson(own).slice(1, -1);
  return `{${[...parts, ...(rest === '' ? [] : [rest])].join(',')}}`;
}
